// What is on disk, found out without the code under test.
import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** Nothing is there, or a folder; or a file is where a folder would have to be. */
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

/** A link is where a folder would have to be: if it is not followed, the object is a stale copy. */
export function isBelowLink(root: string, path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  for (let count = 1; count <= folders.length; count += 1) {
    const part = join(root, ...folders.slice(0, count));
    const stats = unlessUnreadable(() => lstatSync(part, { throwIfNoEntry: false }));
    if (stats?.isDirectory() !== true) return stats?.isSymbolicLink() === true;
  }
  return false;
}

/** The regular files that can be read, by path, with their content; a folder is not entered from within itself. */
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

/** Root reads everything; another user not. */
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
