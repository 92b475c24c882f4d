// After the upload: what is in the backup now. A full run goes by the bucket's listing, and sends again what that shows
// to be missing; a quick run by the last full check and what the AWS CLI has said.

import { allSettledOrThrow } from '../cli/concurrency.js';
import type { Bytes } from '../tree/bytes.js';
import { type Batches, flatten } from '../tree/streams/batches.js';
import type { Spool } from '../tree/streams/spool.js';
import type { StartingPoint } from './ask-and-scan.js';
import type { Backup } from './backup.js';
import { compareAfterUpload } from './check/check-listing.js';
import type { Comparison } from './check/compare.js';
import { warnIfUnversioned } from './delete/versioning.js';
import type { Deletions } from './delete.js';
import type { DueFiles } from './find-due.js';
import { type DraftLine, readDraft, withOutcomes } from './scan/draft.js';
import { type Uploaded, uploadDue } from './upload/upload-due.js';
import type { UploadStep } from './upload.js';
import { verifyRandomFile } from './verify.js';

export interface Checked {
  readonly isFull: boolean;
  /** The draft as it is known now. */
  draft(): Batches<DraftLine>;
  /** Whether the bucket holds all that the last tree has, and nothing else is on disk. */
  readonly isAsTree: boolean;
  readonly deletions: Deletions;
  /** How many objects have no file, which is not proven to be gone either; 0 in a quick run. */
  readonly kept: number;
  readonly uploads: readonly Uploaded[];
  /** How many files were sent, in all. */
  readonly sent: number;
  /** The lines of the draft that the bucket does not hold although the AWS CLI has sent them. */
  readonly stillDue: Spool | undefined;
  /** The file that was read back; `undefined`: none was. */
  readonly verified: Bytes | undefined;
}

/** @throws {BackupError} with exit code 6 if a random file of the bucket is not what is on disk */
export async function checkBucket(
  backup: Backup,
  start: StartingPoint,
  whatIsDue: DueFiles,
  step: UploadStep,
  isFull: boolean,
): Promise<Checked> {
  const draft = () => draftAfter(whatIsDue.draft, step.byName);
  return isFull
    ? checkByListing(backup, start, draft(), whatIsDue, step)
    : checkByTree(start, draft, whatIsDue, step);
}

function draftAfter(draft: Spool, uploaded: Uploaded | undefined): Batches<DraftLine> {
  return uploaded === undefined ? readDraft(draft) : withOutcomes(readDraft(draft), uploaded.outcomes());
}

function checkByTree(
  { scan }: StartingPoint,
  draft: () => Batches<DraftLine>,
  { due }: DueFiles,
  { byName, versioning }: UploadStep,
): Checked {
  const uploads = byName === undefined ? [] : [byName];
  const { unknown, gone } = scan;
  const missing = byName?.failures.count ?? 0;
  return {
    isFull: false,
    draft,
    isAsTree: scan.isAsTree && due.files.count === 0,
    deletions: {
      gone,
      losses: undefined,
      missing,
      unknown,
      failedUploads: failedIn(uploads),
      versioning,
      draft,
    },
    kept: 0,
    uploads,
    sent: sentIn(uploads),
    stillDue: undefined,
    verified: undefined,
  };
}

async function checkByListing(
  backup: Backup,
  { scan, times }: StartingPoint,
  draft: Batches<DraftLine>,
  { due }: DueFiles,
  step: UploadStep,
): Promise<Checked> {
  const { byName, wasSynced, synced, versioning } = step;
  const unchanged = scan.unchanged.items;
  const [first, early] = await allSettledOrThrow(
    compareAfterUpload(backup, draft, times, wasSynced),
    unchanged.length > 0 ? verifyRandomFile(backup, unchanged) : Promise.resolve(undefined),
  );
  // Of an object that the listing shows to be another one it is no wonder: its file is sent again.
  const isReplaced = early?.mismatch !== undefined && (await isDue(first, early.key));
  if (early?.mismatch !== undefined && !isReplaced) throw early.mismatch;
  const again = await sendAgain(backup, first, step);
  const last =
    again === undefined
      ? first
      : await compareAfterUpload(backup, draftAfter(first.draft, again.uploaded), times, false);
  const verified =
    early === undefined || isReplaced ? await verifyRandomFile(backup, last.stored.items) : early;
  if (verified.mismatch !== undefined) throw verified.mismatch;
  const uploads = [byName, again?.uploaded].filter((it) => it !== undefined);
  const latest = () => readDraft(last.draft);
  return {
    isFull: true,
    draft: latest,
    isAsTree: scan.isAsTree && due.files.count + first.due.files.count === 0,
    deletions: {
      // What is gone since the first listing may be there under another name: the next run deletes it. The guard looks
      // at all of it: a disk may have been unmounted meanwhile.
      gone: first.gone,
      losses: last.losses,
      missing: last.missing,
      unknown: last.unknown,
      failedUploads: failedIn(uploads),
      versioning: again?.versioning ?? versioning,
      draft: latest,
    },
    kept: last.kept + Math.max(0, last.gone.count - first.gone.count),
    uploads,
    sent: synced + sentIn(uploads),
    stillDue: last.due.files,
    verified: verified.key,
  };
}

async function isDue({ due }: Comparison, key: Bytes | undefined): Promise<boolean> {
  for await (const line of flatten(readDraft(due.files))) if (line.key === key) return true;
  return false;
}

/** Uploads what the listing lacks. */
async function sendAgain(
  backup: Backup,
  { due, objects }: Comparison,
  step: UploadStep,
): Promise<{ uploaded: Uploaded; versioning: UploadStep['versioning'] } | undefined> {
  if (due.files.count === 0) return undefined;
  const { journal, wasSynced } = step;
  // Nothing was due before: then nothing has marked this run as one that has to end.
  if (!journal.hasBegun) await journal.begin({ started: backup.header.started });
  backup.log.info(
    `The bucket lacks ${due.files.count} files as they are on disk${wasSynced ? ' after the first upload' : ''}.`,
  );
  const changes = { overwritten: due.overwritten, gone: 0, isFirst: false };
  const isAsked = step.versioning !== undefined || objects.seen === 0;
  const [uploaded, versioning] = await allSettledOrThrow(
    uploadDue(backup, due, journal),
    isAsked ? Promise.resolve(step.versioning) : warnIfUnversioned(backup, changes),
  );
  return { uploaded, versioning };
}

function sentIn(uploads: readonly Uploaded[]): number {
  return uploads.reduce((sum, { sent }) => sum + sent, 0);
}

function failedIn(uploads: readonly Uploaded[]): number {
  return uploads.reduce((sum, { failedByAws }) => sum + failedByAws, 0);
}
