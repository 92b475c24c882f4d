// The listing after an upload: the bucket is compared with what it should hold.
import type { StoredObject } from '../../aws/listing.js';
import { bytesOf } from '../../tree/bytes.js';
import { inspectFile } from '../../tree/disk/inspect-file.js';
import type { Entry } from '../../tree/entry.js';
import type { Batches } from '../../tree/streams/batches.js';
import type { Backup } from '../backup.js';
import type { DraftLine } from '../scan/draft.js';
import { type Classify, type Comparison, compareWithListing, type OnDue } from './compare.js';
import { isStored, type RunTimes } from './is-stored.js';

/**
 * Lists the bucket and compares it.
 * @param draft with the outcomes of the upload
 * @param wasSynced whether `aws s3 sync` has uploaded the files that are due in the draft
 * @throws {AwsError} if the listing failed
 */
export function compareAfterUpload(
  backup: Backup,
  draft: Batches<DraftLine>,
  times: RunTimes,
  wasSynced: boolean,
  onDue?: OnDue,
): Promise<Comparison> {
  const classifySynced = afterSync(backup, times);
  const classify: Classify = (line, entry, object) => {
    if (line.state === 'failed') return line;
    if (line.state === 'due') return wasSynced ? classifySynced(line, entry, object) : line;
    return isStored({ ...line, inode: entry.inode }, object, times) ? line : { ...line, state: 'due' };
  };
  return compareWithListing(backup, draft, classify, { onDue });
}

/** `aws s3 sync` has opened the files itself: a second look tells whether they are still as they were scanned. */
function afterSync({ localDir, followSymlinks, fileSystems }: Backup, times: RunTimes): Classify {
  const root = bytesOf(localDir);
  return (line: DraftLine, { key, inode }: Entry, object: StoredObject | undefined): DraftLine => {
    const now = inspectFile(root, key, followSymlinks, fileSystems);
    if (now === 'gone') return { ...line, state: 'vanished' };
    // A file that changed after the scan is sent again as it is then.
    if (now === 'unreadable' || now.ctime !== inode.ctime) return line;
    const sent: DraftLine = { ...line, state: 'sent' };
    return isStored({ ...sent, inode }, object, times) ? sent : line;
  };
}
