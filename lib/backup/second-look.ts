// A second look at the disk before anything is deleted: what is gone may have come to a name that the scan had passed
// already.
import { bytesOf } from '../tree/bytes.js';
import type { Entry, Obstacle } from '../tree/entry.js';
import { mergeByKey } from '../tree/merge.js';
import type { Spool } from '../tree/spool.js';
import { walk } from '../tree/walk.js';
import type { Backup } from './backup.js';
import { readDraft } from './draft.js';
import { isUnknown } from './scan.js';

/** Whether something is there that the scan did not see, and that may be a file which had another name. */
export async function hasAppearedSince(
  { localDir, followSymlinks, exclusion, interruption }: Backup,
  draft: Spool,
): Promise<boolean> {
  const onTurn = () => interruption.check();
  const entries = walk(bytesOf(localDir), { followSymlinks, exclusion, onTurn });
  for await (const pairs of mergeByKey(entries, readDraft(draft))) {
    for (const [now, line] of pairs)
      if (now !== undefined && line === undefined && mayBeFile(now)) return true;
  }
  return false;
}

function mayBeFile(now: Entry | Obstacle): boolean {
  return now.type === 'file' || (now.type === 'obstacle' && isUnknown(now));
}
