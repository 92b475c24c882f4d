// Who could lead a restore elsewhere: a user who may change a folder or link on the way to the destination can put
// something else there. What root restores may be anybody's, so root does not go such a way unasked.
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { BackupError } from '../errors.js';

/** A folder or link on the way to a destination. */
export interface OnTheWay {
  readonly path: string;
  readonly uid: number;
  /** Permission bits, with the sticky one. */
  readonly mode: number;
  readonly isLink: boolean;
}

const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;
/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * What another user than root could change, in words that "who" can follow; `undefined` if there is nothing.
 * In a sticky folder nobody else can move what is root's; but who may put files into it makes it no destination.
 * @param isToDestination whether the last one is the folder that is restored to
 */
export function whoCouldChange(way: readonly OnTheWay[], isToDestination: boolean): string | undefined {
  for (const [index, { path, uid, mode, isLink }] of way.entries()) {
    if (uid !== 0) return `"${path}" belongs to user ${uid}`;
    const isDestination = isToDestination && index === way.length - 1;
    const isHarmless = isLink || (mode & OTHERS_WRITE) === 0 || ((mode & STICKY) !== 0 && !isDestination);
    if (!isHarmless) return `"${path}" can be written to by other users`;
  }
  return undefined;
}

/**
 * Every folder from the root folder on and every link that is passed when `path` is looked up, itself included, links
 * followed. A file at its end is left out.
 * @param path absolute
 * @throws the system's error
 */
export function wayTo(path: string): OnTheWay[] {
  const way = [onTheWay('/', lstatSync('/'))];
  const rest = partsOf(path);
  let folder = '/';
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const next = name === '..' ? dirname(folder) : join(folder, name);
    const stats = lstatSync(next);
    if (stats.isDirectory() || stats.isSymbolicLink()) way.push(onTheWay(next, stats));
    if (!stats.isSymbolicLink()) folder = next;
    else {
      const target = readlinkSync(next);
      if (target.startsWith('/')) folder = '/';
      rest.unshift(...partsOf(target));
      links += 1;
      if (links > MOST_LINKS) throw new BackupError(`"${path}" leads through too many links.`);
    }
  }
  return way;
}

/**
 * Checks where root restores to; other users restore nothing that they may not read.
 * @param way absolute, and there: the destination, or the nearest folder above it
 * @param destination as the user knows it
 * @param isToDestination whether `way` is the folder that is restored to
 * @throws {BackupError} if another user could lead the restore elsewhere
 */
export function checkWay(way: string, destination: string, isToDestination: boolean): void {
  if (process.geteuid?.() !== 0) return;
  const reason = whoCouldChange(wayTo(way), isToDestination);
  if (reason === undefined) return;
  throw new BackupError(
    `Root does not restore to "${destination}": ${reason}, who could lead the restore elsewhere.`,
    {
      hint: 'Choose a destination whose folders only root can change, as below /root; or, if those users are to be trusted, add --trust-destination.',
    },
  );
}

function onTheWay(path: string, stats: Stats): OnTheWay {
  return { path, uid: stats.uid, mode: stats.mode & 0o7777, isLink: stats.isSymbolicLink() };
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
