// Moves files by rename(2), or by a copy to another file system that is mounted below the destination.
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
 * Moves a file or a link, and replaces a file or link at `to`.
 * @param unusedPath a path beside `to` that does not exist
 * @returns 'copied' if it went to another file system: then it belongs to this user
 * @throws the system's error; the file is then still at `from`
 */
export function move(from: PathLike, to: PathLike, unusedPath: () => PathLike): 'renamed' | 'copied' {
  try {
    renameSync(from, to);
    return 'renamed';
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
  }
  const beside = unusedPath();
  try {
    copy(from, beside);
    renameSync(beside, to);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  rmSync(from);
  return 'copied';
}

/** Copies a file or link with its mode and time. */
function copy(from: PathLike, to: PathLike): void {
  const stats = lstatSync(from);
  if (stats.isSymbolicLink()) {
    symlinkSync(readlinkSync(from, 'buffer'), to);
    lutimesSync(to, stats.atime, stats.mtime);
    return;
  }
  // By its descriptor: anyone who may write in the folder can put a link at `to`.
  const descriptor = openSync(to, 'wx', 0o600);
  try {
    copyFileSync(from, pathOfDescriptor(descriptor));
    fchmodSync(descriptor, stats.mode & 0o777);
    futimesSync(descriptor, stats.atime, stats.mtime);
  } finally {
    closeSync(descriptor);
  }
}
