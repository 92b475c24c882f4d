// The proof that a file is gone from disk. Nothing is deleted in the bucket without it.
import { lstatSync, statSync } from 'node:fs';
import { type Bytes, joinPath, pathOf } from '../bytes.js';

/**
 * True if there is certainly no file that a backup of `root` would store under `key`: its name does not exist, or is a
 * folder's, or a file is in the place of a folder above it. Anything else proves nothing: a folder that can't be
 * searched, a link, a FIFO, a name that no file can have.
 */
export function isGone(root: Bytes, key: Bytes, followSymlinks: boolean): boolean {
  const names = key.split('/');
  // Some programs store an empty object for a folder: its key ends in `/`.
  const isFolderMarker = names.at(-1) === '' && names.length > 1;
  if (isFolderMarker) names.pop();
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0'))) return false;
  let path = root;
  if (typeAt(path, false) !== 'directory') return false;
  for (const [index, name] of names.entries()) {
    path = joinPath(path, name as Bytes);
    const isLast = index === names.length - 1;
    const type = typeAt(path, followSymlinks && !isLast);
    if (type === 'nothing') return true;
    if (isLast) return isFolderMarker ? type === 'file' : type === 'directory';
    if (type === 'file') return true;
    if (type !== 'directory') return false;
  }
  return false;
}

/** True if there is a link at the path of `key` below `root`. */
export function isLink(root: Bytes, key: Bytes): boolean {
  try {
    return lstatSync(pathOf(joinPath(root, key))).isSymbolicLink();
  } catch {
    return false;
  }
}

function typeAt(path: Bytes, followSymlinks: boolean): 'nothing' | 'file' | 'directory' | 'unknown' {
  try {
    let stats = lstatSync(pathOf(path), { throwIfNoEntry: false });
    if (stats === undefined) return 'nothing';
    if (followSymlinks && stats.isSymbolicLink()) stats = statSync(pathOf(path));
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'unknown';
  } catch {
    return 'unknown';
  }
}
