// Whether a file is as it was.
import type { Entry, Inode } from '../../tree/entry.js';
import { entryOfLine, type TreeLine } from '../../tree/tree-file.js';
import type { DraftLine } from './draft.js';

/**
 * True if a file is unchanged since the last run. A file whose content was read for the first time may have changed.
 * @param lacksCtime whether the ctime proves nothing
 */
export function isSameFile({ inode }: Entry, before: Entry, lacksCtime = false): boolean {
  const isFirstRead = inode.sha256 !== undefined && before.inode.sha256 === undefined;
  return !before.isUnproven && !isFirstRead && isSameInode(inode, before.inode, lacksCtime);
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

/**
 * True if a file provably has the inode of the last tree's file of its key. Otherwise it may be another file, which was
 * moved to this place.
 * @param before the last tree's line of the key
 */
export function hasSameNumber({ ino }: Inode, before: TreeLine | undefined): boolean {
  return ino !== undefined && fileOf(before)?.ino === ino;
}

/**
 * True if a file has the inode of the last tree's file of its key, and its size and mtime: only its mode or its owner
 * may have changed, which moves the ctime and may make it unreadable. Otherwise it may hold another file's content,
 * which was copied into it.
 * @param inode `undefined` if it is unknown
 * @param before the last tree's line of the key
 */
export function hasSameContent(inode: Inode | undefined, before: TreeLine | undefined): boolean {
  const file = fileOf(before);
  if (inode?.ino === undefined || file?.ino !== inode.ino) return false;
  return isSameInode(inode, file, true);
}

/**
 * True if a file that is not in the bucket can't be one that seems gone. One that changes during its uploads, such as a
 * log, holds no other file's content: its inode's number is enough.
 */
export function isLastTreesFile({ key, state, lastLine }: DraftLine, { inode }: Entry): boolean {
  if (lastLine === undefined) return false;
  const before = { key, line: lastLine };
  return state === 'changing' ? hasSameNumber(inode, before) : hasSameContent(inode, before);
}

function fileOf(line: TreeLine | undefined): Inode | undefined {
  const entry = line && entryOfLine(line);
  return entry?.type === 'file' ? entry.inode : undefined;
}
