// A second walk before anything is deleted: a file that seems gone may have got a name that the scan had passed already,
// a new one or that of another file.
import { type Entry, mayHideFiles, type Obstacle } from '../../tree/entry.js';
import type { Batches } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { type DraftLine, isAbsent } from '../scan/draft.js';
import { type SourceToWalk, walkSource } from '../source/walk-source.js';

/**
 * True if something is on disk that was not there during the scan, and may be a file that had another name.
 * @param draft of the files as the scan saw them or, if they were uploaded, as they were then
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

/** True if another file has the name now. Unknown, and false, where inodes don't keep their numbers. */
function isAnotherFile(onDisk: Entry | Obstacle, line: DraftLine): boolean {
  return onDisk.type === 'file' && onDisk.inode.ino !== undefined && onDisk.id !== line.id;
}
