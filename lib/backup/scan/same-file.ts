// Whether a file is the one that the last run knew.
import type { Entry, Obstacle } from '../../tree/entry.js';
import { entryOfLine, type TreeLine } from '../../tree/tree-file.js';

/**
 * True if a file has not changed: every change of an inode moves its ctime. Another file of the same name may have the
 * same times, since many files are written in one tick of the clock; the inode number tells these apart.
 * @param lacksCtime whether the ctime proves nothing there
 */
export function isSameFile({ inode }: Entry, before: Entry, lacksCtime = false): boolean {
  if (before.isUnproven) return false;
  const { size, mtime, ctime, ino, sha256 } = before.inode;
  if (ino !== undefined && inode.ino !== undefined && ino !== inode.ino) return false;
  if (sha256 !== undefined && inode.sha256 !== undefined && sha256 !== inode.sha256) return false;
  if (!lacksCtime && inode.ctime !== ctime) return false;
  return inode.mtime === mtime && inode.size === size;
}

/** True if an unreadable file has provably replaced the last tree's: it may be one that seems gone elsewhere. */
export function isAnotherFile({ ino }: Obstacle, inTree: TreeLine | undefined): boolean {
  const before = inTree && entryOfLine(inTree).inode.ino;
  return ino !== undefined && before !== undefined && ino !== before;
}
