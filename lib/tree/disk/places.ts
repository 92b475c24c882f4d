// The way that a path takes: whoever can change a folder or link on it can lead it elsewhere.
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { errnoOf } from '../../cli/errors.js';

/** A folder that a path leads through, or a link on it. */
export interface PathPart {
  readonly path: string;
  readonly uid: number;
  /** Of stat(2). */
  readonly mode: number;
  readonly isLink: boolean;
}

/** As many links as Linux follows on one path. */
const MAX_LINKS = 40;

/**
 * Every folder and link from `/` on that is passed when `path` is looked up, in the order in which the kernel goes
 * through them, links followed: what it leads to included, if that is a folder. It ends where nothing is there.
 *
 * @param directory what a relative path is relative to
 * @throws the system's error, if one may not be looked at
 */
export function partsOfPath(path: string, directory = '/'): PathPart[] {
  const places = [placeOf('/', lstatSync('/'))];
  const names = namesIn(isAbsolute(path) ? path : `${directory}/${path}`);
  let reached = '/';
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(reached, name);
    const stats = name === '..' ? undefined : statsOf(next);
    if (name === '..') reached = dirname(reached);
    // The link to a pipe (/dev/fd/63) leads to nothing that has a path.
    else if (stats === undefined) break;
    else if (!stats.isSymbolicLink()) {
      if (stats.isDirectory()) places.push(placeOf(next, stats));
      reached = next;
    } else if (links < MAX_LINKS) {
      links += 1;
      places.push(placeOf(next, stats));
      const target = readlinkSync(next);
      names.unshift(...namesIn(target));
      if (isAbsolute(target)) reached = '/';
    } else break;
  }
  return places;
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function placeOf(path: string, stats: Stats): PathPart {
  return { path, uid: stats.uid, mode: stats.mode, isLink: stats.isSymbolicLink() };
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
