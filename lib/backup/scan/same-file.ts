// Whether a file is as it was.
import type { Entry, Inode, Obstacle } from '../../tree/entry.js';
import { entryOfLine, type TreeLine } from '../../tree/tree-file.js';

/**
 * True if a file is unchanged since the last run. A file whose content was read for the first time may have changed.
 * @param lacksCtime whether the ctime proves nothing
 */
export function isSameFile({ inode }: Entry, before: Entry, lacksCtime = false): boolean {
  const isReadOnlyNow = inode.sha256 !== undefined && before.inode.sha256 === undefined;
  return !before.isUnproven && !isReadOnlyNow && isSameInode(inode, before.inode, lacksCtime);
}

/**
 * True if a file has not changed: every change of an inode moves its ctime. Another file of the same name may have the
 * same times, since a clock's tick is long; the inode's number distinguishes the two.
 */
export function isSameInode(now: Inode, before: Inode, lacksCtime = false): boolean {
  const isOther = <T>(a: T | undefined, b: T | undefined) => a !== undefined && b !== undefined && a !== b;
  if (isOther(now.ino, before.ino) || isOther(now.sha256, before.sha256)) return false;
  if (!lacksCtime && now.ctime !== before.ctime) return false;
  return now.mtime === before.mtime && now.size === before.size;
}

/** True if an unreadable file has provably replaced the last tree's file: it may be one that seems gone elsewhere. */
export function isAnotherFile({ ino }: Obstacle, inTree: TreeLine | undefined): boolean {
  const before = inTree && entryOfLine(inTree).inode.ino;
  return ino !== undefined && before !== undefined && ino !== before;
}
