// After the upload: what is in the backup now. A full run goes by the bucket's listing, and sends again what that shows
// to be missing; a quick run by the last full check and what the AWS CLI has said.

import { sideBySide } from '../side-by-side.js';
import { type Batches, singly } from '../tree/batches.js';
import type { Bytes } from '../tree/bytes.js';
import type { Spool } from '../tree/spool.js';
import type { Asked } from './ask.js';
import type { Backup } from './backup.js';
import { checkBucket } from './check.js';
import type { Compared } from './compare.js';
import type { Deletions } from './delete.js';
import { type DraftLine, readDraft, withOutcomes } from './draft.js';
import type { WhatIsDue } from './due.js';
import type { UploadStep } from './upload/upload.js';
import { type Uploaded, uploadDue } from './upload/upload-due.js';
import { verifyRandomFile } from './verify.js';
import { askIfNeeded } from './versioning.js';

export interface Settled {
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
}

/** @throws {BackupError} with exit code 6 if a random file of the bucket is not what is on disk */
export async function settle(
  backup: Backup,
  asked: Asked,
  whatIsDue: WhatIsDue,
  step: UploadStep,
  isFull: boolean,
): Promise<Settled> {
  const draft = () => draftAfter(whatIsDue.draft, step.byName);
  return isFull
    ? settleByListing(backup, asked, draft(), whatIsDue, step)
    : settleByTree(asked, draft, whatIsDue, step);
}

function draftAfter(draft: Spool, uploaded: Uploaded | undefined): Batches<DraftLine> {
  return uploaded === undefined ? readDraft(draft) : withOutcomes(readDraft(draft), uploaded.outcomes());
}

function settleByTree(
  { scan }: Asked,
  draft: () => Batches<DraftLine>,
  { due }: WhatIsDue,
  { byName, versioning }: UploadStep,
): Settled {
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
  };
}

async function settleByListing(
  backup: Backup,
  { scan, times }: Asked,
  draft: Batches<DraftLine>,
  { due }: WhatIsDue,
  step: UploadStep,
): Promise<Settled> {
  const { byName, wasSynced, synced, versioning } = step;
  const unchanged = scan.unchanged.items;
  const [first, early] = await sideBySide(
    checkBucket(backup, draft, times, wasSynced),
    unchanged.length > 0 ? verifyRandomFile(backup, unchanged) : Promise.resolve(undefined),
  );
  // Of an object that the listing shows to be another one it is no wonder: its file is sent again.
  const isReplaced = early?.mismatch !== undefined && (await isDue(first, early.key));
  if (early?.mismatch !== undefined && !isReplaced) throw early.mismatch;
  const again = await sendAgain(backup, first, step);
  const last =
    again === undefined
      ? first
      : await checkBucket(backup, draftAfter(first.draft, again.uploaded), times, false);
  if (early === undefined || isReplaced) {
    const { mismatch } = await verifyRandomFile(backup, last.stored.items);
    if (mismatch !== undefined) throw mismatch;
  }
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
  };
}

async function isDue({ due }: Compared, key: Bytes | undefined): Promise<boolean> {
  for await (const line of singly(readDraft(due.files))) if (line.key === key) return true;
  return false;
}

/** Uploads what the listing lacks. */
async function sendAgain(
  backup: Backup,
  { due, objects }: Compared,
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
  const [uploaded, versioning] = await sideBySide(
    uploadDue(backup, due, journal),
    isAsked ? Promise.resolve(step.versioning) : askIfNeeded(backup, changes),
  );
  return { uploaded, versioning };
}

function sentIn(uploads: readonly Uploaded[]): number {
  return uploads.reduce((sum, { sent }) => sum + sent, 0);
}

function failedIn(uploads: readonly Uploaded[]): number {
  return uploads.reduce((sum, { failedByAws }) => sum + failedByAws, 0);
}
