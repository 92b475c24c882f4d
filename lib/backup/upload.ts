// The upload: each due file by name; or all of them by one `aws s3 sync`, if the prefix is empty and nobody else can
// change the files on disk.
import { join } from 'node:path';
import { proveSseC } from '../aws/sse-c/prove-sse-c.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { Journal } from '../records/journal.js';
import { partOfOthers, partsOfPath } from '../tree/disk/trust/who-can-change.js';
import { type Batches, mapEach } from '../tree/streams/batches.js';
import type { Backup } from './backup.js';
import type { Due } from './find-due.js';
import { type DraftLine, formatDraftLine, readDraft } from './scan/draft.js';
import type { ScanCounts } from './scan/scan-writer.js';
import type { Start } from './start.js';
import { sendByName } from './upload/send-by-name.js';
import { NOTHING_SENT, type Sent } from './upload/sent.js';
import { uploadBySync } from './upload/upload-calls.js';

export interface Uploaded {
  readonly journal: Journal;
  /** Whether `aws s3 sync` has uploaded the due files: then the listing shows the result for each. */
  readonly wasSynced: boolean;
  readonly sent: Sent;
}

/** @throws {AwsError} if the AWS CLI failed for a reason that concerns every file */
export async function uploadDue(backup: Backup, start: Start, due: Due): Promise<Uploaded> {
  const { lastRun, scan } = start;
  const { listed } = due;
  const hasDue = due.due.count > 0;
  const isEmptyPrefix = listed !== undefined && listed.objects.seen === 0;
  const wasSynced = isEmptyPrefix && hasDue && isSyncSafe(backup, scan.counts);
  const folder = backup.state.journal ?? join(backup.state.runFolder, 'unfinished');
  const journal = new Journal(folder, [lastRun?.runId, backup.header.runId]);
  // Before any change, deletions included: the next run must know if this one does not end.
  if (hasDue || due.gone.count > 0)
    await journal.begin(listed && journalLines(readDraft(due.draft), wasSynced));
  // No file and no record is sent before the server has proved that it honours the key.
  if (lastRun === undefined) await proveSseC(backup.aws, backup.log);
  const upload = async () => {
    if (!hasDue) return NOTHING_SENT;
    return wasSynced ? uploadBySync(backup, due) : sendByName(backup, due, journal);
  };
  const [sent] = await allSettledOrThrow(
    upload(),
    // On a first run, even in a bucket that this run has created: the server may not have versioning.
    backup.versioning.warnBefore(due.overwritten, lastRun === undefined),
  );
  return { journal, wasSynced, sent };
}

/**
 * The files that the bucket holds already; before an `aws s3 sync` to an empty prefix also the due ones, since any
 * object that is there later holds the file of the draft.
 */
function journalLines(draft: Batches<DraftLine>, willBeSynced: boolean): Batches<string> {
  const isHeld = ({ state }: DraftLine) => state === 'stored' || (willBeSynced && state === 'due');
  return mapEach(draft, (line) => (isHeld(line) ? formatDraftLine(line) : undefined));
}

/**
 * True if `aws s3 sync`, which walks LOCAL_DIR itself, uploads exactly what was scanned: it opens files by their paths,
 * so nobody else may be able to change them or where the path leads; and it does not know the exclusions.
 */
function isSyncSafe({ localDir, followSymlinks, exclusion }: Backup, counts: ScanCounts): boolean {
  const { excluded, othersFolders, 'key too long': tooLong } = counts;
  if (excluded + tooLong + othersFolders > 0 || followSymlinks || exclusion.hasRules) return false;
  return partOfOthers(partsOfPath(localDir), process.geteuid?.(), { isDestination: true }) === undefined;
}
