import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { errnoOf } from '../errors.js';

/** A folder that a path leads through, or a link on it. */
export interface Place {
  readonly path: string;
  readonly uid: number;
  readonly mode: number;
  readonly isLink: boolean;
}

/** As many links as Linux follows on one path. */
const MAX_LINKS = 40;

/**
 * Every folder and link between `/` and a file, in the order in which the kernel goes through them: who can change
 * one of them can put another file in the place of this one. The file itself is not among them.
 *
 * @param directory what a relative name is relative to
 * @throws {Error} of the file system, if one may not be looked at.
 */
export function placesAbove(file: string, directory: string): Place[] {
  const places = [placeOf('/', lstatSync('/'))];
  const names = namesIn(isAbsolute(file) ? file : `${directory}/${file}`);
  let path = '/';
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(path, name);
    const stats = name === '..' ? undefined : statsOf(next);
    if (name === '..') path = dirname(path);
    // The link to a pipe (/dev/fd/63) leads to nothing that has a path.
    else if (stats === undefined) break;
    else if (!stats.isSymbolicLink()) {
      if (names.length > 0) places.push(placeOf(next, stats));
      path = next;
    } else if (links < MAX_LINKS) {
      links += 1;
      places.push(placeOf(next, stats));
      const target = readlinkSync(next);
      names.unshift(...namesIn(target));
      if (isAbsolute(target)) path = '/';
    } else break;
  }
  return places;
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function placeOf(path: string, stats: Stats): Place {
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
