// rename(2), and what takes its place where other file systems are mounted below the destination.
import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  lutimesSync,
  type PathLike,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { errnoOf } from '../errors.js';

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
  if (stats.isSymbolicLink()) symlinkSync(readlinkSync(from, 'buffer'), to);
  else {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    chmodSync(to, stats.mode & 0o777);
  }
  lutimesSync(to, stats.atime, stats.mtime);
}
