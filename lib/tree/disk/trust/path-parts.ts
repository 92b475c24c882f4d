// The folders and links that a path leads through: whoever can change one of them can lead the path elsewhere.
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** A folder or link. */
export interface PathPart {
  readonly path: string;
  readonly uid: number;
  /** Of stat(2): type and permission bits. */
  readonly mode: number;
  readonly isLink: boolean;
}

/** As many links as Linux follows in one path. */
const MAX_LINKS = 40;

/**
 * The folders and links through which the kernel looks up `path`, in order, from `/` on. The last one is the target of
 * `path` if that is a folder. Ends where nothing exists.
 *
 * @param directory what a relative path is relative to
 * @throws the system's error if one can't be examined
 */
export function partsOfPath(path: string, directory = '/'): PathPart[] {
  const parts = [partOf('/', lstatSync('/'))];
  const names = namesIn(isAbsolute(path) ? path : `${directory}/${path}`);
  let reached = '/';
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(reached, name);
    const stats = name === '..' ? undefined : lstatSync(next, { throwIfNoEntry: false });
    if (name === '..') reached = dirname(reached);
    // The target of a link to a pipe, such as /dev/fd/63, has no path.
    else if (stats === undefined) break;
    else if (!stats.isSymbolicLink()) {
      if (stats.isDirectory()) parts.push(partOf(next, stats));
      reached = next;
    } else if (links < MAX_LINKS) {
      links += 1;
      parts.push(partOf(next, stats));
      const target = readlinkSync(next);
      names.unshift(...namesIn(target));
      if (isAbsolute(target)) reached = '/';
    } else break;
  }
  return parts;
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function partOf(path: string, stats: Stats): PathPart {
  return { path, uid: stats.uid, mode: stats.mode, isLink: stats.isSymbolicLink() };
}
