// The proof that a file is gone from disk, without which nothing is deleted in the bucket.
import { lstatSync, type Stats, statSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, joinPath, pathOf } from '../bytes.js';

/**
 * Whether there is surely no file that a backup of `root` would store under `key`: nothing is there, or a folder
 * is, or a file is where a folder would have to be. Anything else (a folder that can't be searched, a link, a FIFO,
 * a name that no file can have) proves nothing.
 */
export function isGone(root: Bytes, key: Bytes, followSymlinks: boolean): boolean {
  const names = key.split('/');
  // The marker that some programs store for a folder has the folder's name and a `/`.
  const isMarker = names.at(-1) === '' && names.length > 1;
  if (isMarker) names.pop();
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0'))) return false;
  let path = root;
  if (look(path, false) !== 'directory') return false;
  for (const [index, name] of names.entries()) {
    path = joinPath(path, name as Bytes);
    const isLast = index === names.length - 1;
    const found = look(path, followSymlinks && !isLast);
    if (found === 'nothing') return true;
    if (isLast) return isMarker ? found === 'file' : found === 'directory';
    if (found === 'file') return true;
    if (found !== 'directory') return false;
  }
  return false;
}

type Found = 'nothing' | 'file' | 'directory' | 'doubt';

function look(path: Bytes, followSymlinks: boolean): Found {
  let stats: Stats;
  try {
    stats = lstatSync(pathOf(path));
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? 'nothing' : 'doubt';
  }
  try {
    if (followSymlinks && stats.isSymbolicLink()) stats = statSync(pathOf(path));
  } catch {
    return 'doubt';
  }
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'doubt';
}
