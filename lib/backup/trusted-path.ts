// Whether somebody else could lead a path elsewhere.
import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';

const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;

/**
 * True if somebody else than root and this user owns, or can write to, the folder or one of those above it. Above it,
 * sticky folders are no danger: nobody can rename there what is not theirs.
 * @param folder absolute and without links
 */
export function isOthersPath(folder: string): boolean {
  const user = process.geteuid?.();
  for (let path = folder; ; path = dirname(path)) {
    const { uid, mode } = lstatSync(path);
    const isWritable = (mode & OTHERS_WRITE) !== 0 && (path === folder || (mode & STICKY) === 0);
    if ((uid !== 0 && uid !== user) || isWritable) return true;
    if (path === dirname(path)) return false;
  }
}
