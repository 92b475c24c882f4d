import { lstatSync, statSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, joinPath, pathOf } from '../../tree/bytes.js';
import type { FileSystems } from '../../tree/disk/inode.js';
import type { Inode } from '../../tree/entry.js';

/** Errors of stat(2) that prove that there is no file. */
const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** The file as it is now; `gone` if there is no regular file, `unreadable` if stat(2) fails for another reason. */
export function inspectFile(
  root: Bytes,
  key: Bytes,
  followSymlinks: boolean,
  fileSystems: FileSystems,
): Inode | 'gone' | 'unreadable' {
  const path = pathOf(joinPath(root, key));
  try {
    const stats = followSymlinks ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
    return stats.isFile() ? fileSystems.inodeOf(stats, path) : 'gone';
  } catch (error) {
    return NO_FILE.has(errnoOf(error) ?? '') ? 'gone' : 'unreadable';
  }
}
