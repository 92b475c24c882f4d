// The upload: what is due, by name; or all of it by one `aws s3 sync`, where the prefix is empty and nobody else can
// change what is on disk.
import { join } from 'node:path';
import { assertSseCHonoured } from '../aws/prove-sse-c.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { Journal } from '../records/journal.js';
import { type Batches, emptyStream, mapEach } from '../tree/streams/batches.js';
import type { StartingPoint } from './ask-and-scan.js';
import type { Backup } from './backup.js';
import { type Versioning, warnIfUnversioned } from './delete/versioning.js';
import type { DueFiles } from './find-due.js';
import { type DraftLine, formatDraftLine, readDraft } from './scan/draft.js';
import { isSyncSafe, uploadBySync } from './upload/first-upload.js';
import { type Uploaded, uploadDue } from './upload/upload-due.js';

export interface UploadStep {
  readonly journal: Journal;
  /** What was uploaded by name; `undefined`: nothing was due, or `aws s3 sync` has uploaded it. */
  readonly byName: Uploaded | undefined;
  readonly wasSynced: boolean;
  /** How many files that was. */
  readonly synced: number;
  /** What the bucket said beside the upload, if it was asked. */
  readonly versioning: Versioning | undefined;
}

/** @throws {AwsError} if the AWS CLI failed for a reason that is every file's */
export async function upload(backup: Backup, start: StartingPoint, whatIsDue: DueFiles): Promise<UploadStep> {
  const { draft, due, listed } = whatIsDue;
  const { lastRun, scan, escrow } = start;
  const journal = new Journal(backup.state.unfinished ?? join(backup.state.runFolder, 'unfinished'));
  const gone = (listed ?? scan).gone.count;
  const isFirst = lastRun === undefined && escrow !== 'no bucket';
  const changes = { overwritten: due.overwritten, gone, isFirst };
  const isEmpty = listed !== undefined && listed.objects.seen === 0;
  const wasSynced = isEmpty && due.files.count > 0 && isSyncSafe(backup, scan.counts);
  // Before anything is changed, deletions included: the next run has to know that this one did not end.
  if (due.files.count + gone > 0) {
    const noted = listed === undefined ? emptyStream() : notedLines(readDraft(draft), wasSynced);
    await journal.begin({ started: backup.header.started }, noted);
  }
  // Nothing private leaves before the server has shown that it honours the key.
  if (lastRun === undefined && due.files.count > 0) await assertSseCHonoured(backup.aws, backup.log);
  const isByName = !wasSynced && due.files.count > 0;
  const [synced, byName, versioning] = await allSettledOrThrow(
    wasSynced ? uploadBySync(backup, due.files.count) : Promise.resolve(0),
    isByName ? uploadDue(backup, due, journal) : Promise.resolve(undefined),
    warnIfUnversioned(backup, changes),
  );
  return { journal, byName, wasSynced, synced, versioning };
}

/**
 * What the bucket has of the files that were due. Of what `aws s3 sync` is about to upload to an empty prefix, each
 * object that is there later holds the file that is noted.
 */
function notedLines(draft: Batches<DraftLine>, isSynced: boolean): Batches<string> {
  const isNoted = ({ state }: DraftLine) => state === 'stored' || (isSynced && state === 'due');
  return mapEach(draft, (line) => (isNoted(line) ? formatDraftLine(line) : undefined));
}
