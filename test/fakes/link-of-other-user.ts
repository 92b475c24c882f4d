import { chmodSync, lchownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a link that another user owns, in a new world-writable folder in `folder`. @returns its path */
export function linkOfOtherUser(folder: string, target: string): string {
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  const link = join(shared, 'link');
  symlinkSync(target, link);
  // Only root can give it to another user; otherwise it stays our own.
  if (process.getuid?.() === 0) lchownSync(link, 65534, 65534);
  return link;
}
