// What is on disk, determined without the code under test.
import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether nothing or a folder is at the path, or a file is in the place of a folder above it. */
export function isReallyGone(root: string, path: string, followSymlinks: boolean): boolean {
  const names = path.split('/');
  for (let count = 1; count <= names.length; count += 1) {
    const part = join(root, ...names.slice(0, count));
    const isLast = count === names.length;
    const found = unlessUnreadable(() => lstatSync(part, { throwIfNoEntry: false }) ?? 'nothing');
    if (found === 'nothing') return true;
    if (found === undefined) return false;
    let stats = found;
    if (isLast) return stats.isDirectory();
    if (followSymlinks && stats.isSymbolicLink()) stats = statOf(part) ?? stats;
    if (stats.isFile()) return true;
    if (!stats.isDirectory()) return false;
  }
  return false;
}

/** Whether a link is in the place of a folder above the path: unless links are followed, the object is a stale copy. */
export function isBelowLink(root: string, path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  for (let count = 1; count <= folders.length; count += 1) {
    const part = join(root, ...folders.slice(0, count));
    const stats = unlessUnreadable(() => lstatSync(part, { throwIfNoEntry: false }));
    if (stats?.isDirectory() !== true) return stats?.isSymbolicLink() === true;
  }
  return false;
}

/** The contents of all readable files, by path. A folder is not entered from below itself through a link. */
export function filesOnDisk(
  root: string,
  followSymlinks: boolean,
  folder = '',
  above: readonly string[] = [],
): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const here = statSync(join(root, folder));
  const within = [...above, `${here.dev}:${here.ino}`];
  for (const name of unlessUnreadable(() => readdirSync(join(root, folder))) ?? []) {
    const path = join(folder, name);
    const file = join(root, path);
    const stats = followSymlinks ? statOf(file) : unlessUnreadable(() => lstatSync(file));
    const content = stats?.isFile() ? unlessUnreadable(() => readFileSync(file)) : undefined;
    if (content !== undefined) found.set(path, content);
    else if (stats?.isDirectory() && !within.includes(`${stats.dev}:${stats.ino}`))
      for (const [key, content] of filesOnDisk(root, followSymlinks, path, within)) found.set(key, content);
  }
  return found;
}

/** Returns `undefined` on EACCES, which only an ordinary user gets. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
