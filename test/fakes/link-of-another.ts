import { chmodSync, lchownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a link that somebody else could have made, in a folder of all below `folder`. @returns its path */
export function linkOfAnother(folder: string, target: string): string {
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  const link = join(shared, 'link');
  symlinkSync(target, link);
  // A link that is another user's takes root to make; without, it is our own.
  if (process.getuid?.() === 0) lchownSync(link, 65534, 65534);
  return link;
}
