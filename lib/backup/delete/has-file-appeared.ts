// A second walk before anything is deleted: a file that seems gone may have been renamed to a name that the scan had
// passed already.
import { type Entry, mayHideFiles, type Obstacle } from '../../tree/entry.js';
import type { Batches } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { type DraftLine, isAbsent } from '../scan/draft.js';
import { hasSameContent } from '../scan/same-file.js';
import { type SourceToWalk, walkSource } from '../source/walk-source.js';

/**
 * True if there is something on disk that the scan did not see, and that may be a renamed file.
 * @param draft the files as they were scanned or, if they were uploaded, as they were then
 */
export async function hasFileAppeared(source: SourceToWalk, draft: Batches<DraftLine>): Promise<boolean> {
  for await (const pairs of mergeByKey(walkSource(source), draft)) {
    for (const [onDisk, line] of pairs) {
      if (onDisk === undefined || !mayBeFile(onDisk)) continue;
      if (line === undefined || isAbsent(line) || isAnotherFile(onDisk, line)) return true;
    }
  }
  return false;
}

function mayBeFile(onDisk: Entry | Obstacle): boolean {
  return onDisk.type === 'file' || (onDisk.type === 'obstacle' && mayHideFiles(onDisk));
}

/**
 * True if another file, or an unreadable place that may hide one, has the name now. Of a readable file, false where
 * inodes don't keep their numbers, since it is unknown there.
 */
function isAnotherFile(
  onDisk: Entry | Obstacle,
  { key, state, id, line, lastLine = '' }: DraftLine,
): boolean {
  if (onDisk.type !== 'obstacle') return onDisk.inode.ino !== undefined && onDisk.id !== id;
  // The scan has counted it already.
  if (state === 'hiding obstacle') return false;
  return !hasSameContent(onDisk.inode, { key, line: state === 'obstacle' ? lastLine : line });
}
