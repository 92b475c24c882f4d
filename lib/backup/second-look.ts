// A second look at the disk, where `aws s3 sync` takes none: what is gone may have come to a name that the walk had
// passed already.
import { bytesOf } from '../tree/bytes.js';
import type { Entry, Obstacle } from '../tree/entry.js';
import { mergeByKey } from '../tree/merge.js';
import type { Spool } from '../tree/spool.js';
import { walk } from '../tree/walk.js';
import type { Run } from './backup.js';
import { readNotes } from './draft.js';
import { isUnknown } from './scan.js';

/** Whether something is there that the notes of the walk lack, and that may be a file which had another name. */
export async function hasNewcomer({ upload, isExcluded, interruption }: Run, notes: Spool): Promise<boolean> {
  const { localDir, followSymlinks } = upload;
  const onTurn = () => interruption.check();
  const entries = walk(bytesOf(localDir), { followSymlinks, isExcluded, onTurn });
  for await (const pairs of mergeByKey(entries, readNotes(notes))) {
    for (const [now, noted] of pairs) {
      if (now !== undefined && noted === undefined && mayBeFile(now)) return true;
    }
  }
  return false;
}

function mayBeFile(now: Entry | Obstacle): boolean {
  return now.type === 'file' || (now.type === 'obstacle' && isUnknown(now));
}
