// The check after an upload: what the bucket lists is compared with what it should hold.
import type { StoredObject } from '../aws/listing.js';
import type { Batches } from '../tree/batches.js';
import { bytesOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { inspectFile } from '../tree/inspect.js';
import type { Backup } from './backup.js';
import { type Compared, type CompareOptions, compareWithBucket, type Judge } from './compare.js';
import type { DraftLine } from './draft.js';
import { type RunTimes, whyNotStored } from './stored.js';

/**
 * Lists the bucket and compares it.
 * @param draft with what was uploaded
 * @param wasSynced whether `aws s3 sync` has uploaded what is due in the draft
 */
export function checkBucket(
  backup: Backup,
  draft: Batches<DraftLine>,
  times: RunTimes,
  wasSynced: boolean,
  options: CompareOptions = {},
): Promise<Compared> {
  const judgeSynced = afterSync(backup, times);
  const judge: Judge = (line, entry, object) => {
    if (line.state === 'failed') return line;
    if (line.state === 'due') return wasSynced ? judgeSynced(line, entry, object) : line;
    const why = whyNotStored({ ...line, inode: entry.inode }, object, times);
    return why === undefined ? line : { ...line, state: 'due' };
  };
  return compareWithBucket(backup, draft, judge, options);
}

/** `aws s3 sync` has opened the files by itself: the disk is asked whether they are still as the scan has seen them. */
function afterSync({ localDir, followSymlinks }: Backup, times: RunTimes): Judge {
  const root = bytesOf(localDir);
  return (line: DraftLine, { key, inode }: Entry, object: StoredObject | undefined): DraftLine => {
    const now = inspectFile(root, key, followSymlinks);
    if (now === 'gone') return { ...line, state: 'vanished' };
    if (now === 'unreadable') return line;
    // It changed after the scan: it is sent again as it is then.
    if (now.ctime !== inode.ctime) return line;
    const why = whyNotStored({ state: 'sent', since: line.since, inode }, object, times);
    return why === undefined ? { ...line, state: 'sent' } : line;
  };
}
