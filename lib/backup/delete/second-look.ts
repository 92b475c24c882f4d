// A second look at the disk before anything is deleted: what is gone may have come to a name that the scan had passed
// already, be it a new one or that of a file whose place it took.

import { bytesOf } from '../../tree/bytes.js';
import { walk } from '../../tree/disk/walk.js';
import type { Entry, Obstacle } from '../../tree/entry.js';
import type { Batches } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import type { Backup } from '../backup.js';
import type { DraftLine } from '../scan/draft.js';
import { mayHideFiles } from '../scan.js';

/**
 * Whether something is there that may be a file which had another name.
 * @param draft of the files as the scan saw them or, where they were uploaded, as they were then
 */
export async function hasFileAppeared(
  {
    localDir,
    followSymlinks,
    exclusion,
    interruption,
  }: Pick<Backup, 'localDir' | 'followSymlinks' | 'exclusion' | 'interruption'>,
  draft: Batches<DraftLine>,
): Promise<boolean> {
  const onTurn = () => interruption.check();
  const entries = walk(bytesOf(localDir), { followSymlinks, exclusion, onTurn });
  for await (const pairs of mergeByKey(entries, draft)) {
    for (const [now, line] of pairs)
      if (now !== undefined && mayBeFile(now) && (line === undefined || isAnother(now, line))) return true;
  }
  return false;
}

function mayBeFile(now: Entry | Obstacle): boolean {
  return now.type === 'file' || (now.type === 'obstacle' && mayHideFiles(now));
}

/** Another file has the name by now. Where inodes don't keep their numbers, nothing tells. */
function isAnother(now: Entry | Obstacle, line: DraftLine): boolean {
  return now.type === 'file' && now.inode.ino !== undefined && now.id !== line.id;
}
