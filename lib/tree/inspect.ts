import { lstatSync, statSync } from 'node:fs';
import { type Bytes, below, pathOf } from './bytes.js';
import type { Inode } from './entry.js';
import { inodeOf } from './walk.js';

/** A file as it is now; `undefined` if there is none any more, or none that can be looked at. */
export function inspectFile(root: Bytes, key: Bytes, followSymlinks: boolean): Inode | undefined {
  const path = pathOf(below(root, key));
  try {
    const stats = followSymlinks ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
    return stats.isFile() ? inodeOf(stats) : undefined;
  } catch {
    return undefined;
  }
}
