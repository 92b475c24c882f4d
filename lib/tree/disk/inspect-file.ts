import { lstatSync, statSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, joinPath, pathOf } from '../bytes.js';
import type { Inode } from '../entry.js';
import { inodeOf } from './inode.js';

/** What looking says that there is no file any more: any other error leaves that open. */
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** A file as it is now; `gone` if there is none any more, `unreadable` if it can't be looked at. */
export function inspectFile(root: Bytes, key: Bytes, followSymlinks: boolean): Inode | 'gone' | 'unreadable' {
  const path = pathOf(joinPath(root, key));
  try {
    const stats = followSymlinks ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
    return stats.isFile() ? inodeOf(stats) : 'gone';
  } catch (error) {
    return NOTHING_THERE.has(errnoOf(error) ?? '') ? 'gone' : 'unreadable';
  }
}
