// The check after an upload: what the bucket lists is compared with what it should hold.
import type { StoredObject } from '../../aws/listing.js';
import { bytesOf } from '../../tree/bytes.js';
import { inspectFile } from '../../tree/disk/inspect-file.js';
import type { Entry } from '../../tree/entry.js';
import type { Batches } from '../../tree/streams/batches.js';
import type { Backup } from '../backup.js';
import type { DraftLine } from '../scan/draft.js';
import { type Classify, type CompareOptions, type Comparison, compareWithBucket } from './compare.js';
import { type RunTimes, whyNotStored } from './is-stored.js';

/**
 * Lists the bucket and compares it.
 * @param draft with what was uploaded
 * @param wasSynced whether `aws s3 sync` has uploaded what is due in the draft
 */
export function compareAfterUpload(
  backup: Backup,
  draft: Batches<DraftLine>,
  times: RunTimes,
  wasSynced: boolean,
  options: CompareOptions = {},
): Promise<Comparison> {
  const judgeSynced = afterSync(backup, times);
  const judge: Classify = (line, entry, object) => {
    if (line.state === 'failed') return line;
    if (line.state === 'due') return wasSynced ? judgeSynced(line, entry, object) : line;
    const why = whyNotStored({ ...line, inode: entry.inode }, object, times);
    return why === undefined ? line : { ...line, state: 'due' };
  };
  return compareWithBucket(backup, draft, judge, options);
}

/** `aws s3 sync` has opened the files by itself: the disk is asked whether they are still as the scan has seen them. */
function afterSync({ localDir, followSymlinks }: Backup, times: RunTimes): Classify {
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
