// rename(2), and what takes its place where other file systems are mounted below the destination.
import {
  closeSync,
  copyFileSync,
  fchmodSync,
  futimesSync,
  lstatSync,
  lutimesSync,
  openSync,
  type PathLike,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';

/**
 * Moves a file or a link.
 * @param besides a path beside `to`, where nothing is
 * @returns whether it went to another file system: then its owner is whoever wrote it
 * @throws the system's error; then it is where it was
 */
export function move(from: PathLike, to: PathLike, besides: () => PathLike): 'renamed' | 'copied' {
  try {
    renameSync(from, to);
    return 'renamed';
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
  }
  const aside = besides();
  try {
    copy(from, aside);
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  rmSync(from);
  return 'copied';
}

function copy(from: PathLike, to: PathLike): void {
  const stats = lstatSync(from);
  if (stats.isSymbolicLink()) {
    symlinkSync(readlinkSync(from, 'buffer'), to);
    lutimesSync(to, stats.atime, stats.mtime);
    return;
  }
  // By its descriptor: who may write in the folder can put a link in its place.
  const descriptor = openSync(to, 'wx', 0o600);
  try {
    copyFileSync(from, pathOfDescriptor(descriptor));
    fchmodSync(descriptor, stats.mode & 0o777);
    futimesSync(descriptor, stats.atime, stats.mtime);
  } finally {
    closeSync(descriptor);
  }
}
