// After the upload: what is in the backup now. A full run compares the bucket's listing with the disk, and sends again
// what is missing; a quick run trusts the last full check and the AWS CLI's success.
import { allSettledOrThrow } from '../cli/concurrency.js';
import { formatCount } from '../cli/units/quantities.js';
import type { Bytes } from '../tree/bytes.js';
import { type Batches, flatten } from '../tree/streams/batches.js';
import type { Spool } from '../tree/streams/spool.js';
import type { Backup } from './backup.js';
import type { Comparison } from './check/compare.js';
import { compareAfterUpload } from './check/compare-after-upload.js';
import type { Due } from './find-due.js';
import type { Losses } from './guard/losses.js';
import { type DraftLine, readDraft, withOutcomes } from './scan/draft.js';
import type { Start } from './start.js';
import { type SentByName, sendByName } from './upload/send-by-name.js';
import type { Uploaded } from './upload.js';
import { verifyRandomFile } from './verify.js';

export interface Checked {
  readonly isFull: boolean;
  /** The draft as it is known now. */
  draft(): Batches<DraftLine>;
  /** Whether the bucket holds all that the last tree has, and nothing else is on disk. */
  readonly isAsTree: boolean;
  /** The keys, as JSON texts, in the bucket or in the last tree, whose files are gone. */
  readonly gone: Spool;
  /** The links that some of these are below; see `DraftState`. */
  readonly linksAbove: ReadonlySet<Bytes>;
  /** What would be lost, by the listing; `undefined` in a quick run. */
  readonly losses: Losses | undefined;
  /** How many files have no object. */
  readonly missing: number;
  /** See `DraftFiles`. */
  readonly hidingPlaces: number;
  readonly keptLines: number;
  /** How many objects have no file on disk, although nothing proves that it is gone; 0 in a quick run. */
  readonly kept: number;
  readonly uploads: readonly SentByName[];
  /** How many files were sent, their bytes, and how many files the AWS CLI failed to send. */
  readonly sent: number;
  readonly sentBytes: number;
  readonly failedUploads: number;
  /** The draft's lines of files that the AWS CLI has sent and the bucket does not hold. */
  readonly stillDue: Spool | undefined;
  /** The file that was read back; `undefined`: none was. */
  readonly verified: Bytes | undefined;
}

/** @throws {BackupError} with exit code 6 if a random file of the bucket is not what is on disk */
export async function checkBucket(
  backup: Backup,
  start: Start,
  due: Due,
  uploaded: Uploaded,
): Promise<Checked> {
  const draft = () => draftAfter(due.draft, uploaded.byName);
  return start.whyFull === undefined
    ? checkByTree(start, due, uploaded, draft)
    : checkByListing(backup, start, due, uploaded, draft());
}

function draftAfter(draft: Spool, sent: SentByName | undefined): Batches<DraftLine> {
  return sent === undefined ? readDraft(draft) : withOutcomes(readDraft(draft), sent.outcomes());
}

function checkByTree(
  { scan }: Start,
  due: Due,
  { byName }: Uploaded,
  draft: () => Batches<DraftLine>,
): Checked {
  const { gone, linksAbove, hidingPlaces, keptLines } = scan;
  return {
    isFull: false,
    draft,
    isAsTree: scan.isAsTree && due.files.count === 0,
    gone,
    linksAbove,
    losses: undefined,
    missing: byName?.failures.count ?? 0,
    hidingPlaces,
    keptLines,
    kept: 0,
    ...sumOf(byName === undefined ? [] : [byName]),
    stillDue: undefined,
    verified: undefined,
  };
}

async function checkByListing(
  backup: Backup,
  { scan, times }: Start,
  due: Due,
  uploaded: Uploaded,
  draft: Batches<DraftLine>,
): Promise<Checked> {
  const { byName, wasSynced, synced, syncedBytes } = uploaded;
  const unchanged = scan.unchanged.items;
  backup.log.progress('Checking the bucket');
  const [first, early] = await allSettledOrThrow(
    compareAfterUpload(backup, draft, times, wasSynced),
    unchanged.length > 0 ? verifyRandomFile(backup, unchanged) : Promise.resolve(undefined),
  );
  // If the listing shows that the object was replaced, its mismatch is no surprise: the file is sent again.
  const isReplaced = early?.mismatch !== undefined && (await isDue(first, early.key));
  if (early?.mismatch !== undefined && !isReplaced) throw early.mismatch;
  const again = await sendAgain(backup, first, uploaded);
  const last =
    again === undefined
      ? first
      : await compareAfterUpload(backup, draftAfter(first.draft, again), times, false);
  const verified =
    early === undefined || isReplaced ? await verifyRandomFile(backup, last.stored.items) : early;
  if (verified.mismatch !== undefined) throw verified.mismatch;
  backup.log.progress(undefined);
  const sums = sumOf([byName, again].filter((it) => it !== undefined));
  return {
    isFull: true,
    draft: () => readDraft(last.draft),
    isAsTree: scan.isAsTree && due.files.count + first.due.files.count + last.lost === 0,
    // A file that went after the first listing may have got another name: the next run deletes its object. The guard
    // counts it all the same, since a disk may have been unmounted meanwhile.
    gone: first.gone,
    linksAbove: first.linksAbove,
    losses: last.losses,
    missing: last.missing,
    hidingPlaces: last.hidingPlaces,
    keptLines: last.keptLines,
    kept: last.kept + Math.max(0, last.gone.count - first.gone.count),
    ...sums,
    sent: sums.sent + synced,
    sentBytes: sums.sentBytes + syncedBytes,
    stillDue: last.due.files,
    verified: verified.key,
  };
}

async function isDue({ due }: Comparison, key: Bytes | undefined): Promise<boolean> {
  for await (const line of flatten(readDraft(due.files))) if (line.key === key) return true;
  return false;
}

/** Uploads the files that the bucket lacks. */
async function sendAgain(
  backup: Backup,
  { due }: Comparison,
  { journal, wasSynced }: Uploaded,
): Promise<SentByName | undefined> {
  if (due.files.count === 0) return undefined;
  // If nothing was due before, nothing has marked this run as one that has to end.
  if (!journal.hasBegun) await journal.begin();
  const files = `${formatCount(due.files.count, 'file')} as they are on disk`;
  backup.log.info(`The bucket lacks ${files}${wasSynced ? ' after the first upload' : ''}.`);
  const [sent] = await allSettledOrThrow(
    sendByName(backup, due, journal),
    backup.versioning.warnBefore({ overwritten: due.overwritten, gone: 0, isFirst: false }),
  );
  return sent;
}

type Sums = Pick<Checked, 'uploads' | 'sent' | 'sentBytes' | 'failedUploads'>;

function sumOf(uploads: readonly SentByName[]): Sums {
  const sum = (count: (upload: SentByName) => number) => uploads.reduce((all, it) => all + count(it), 0);
  return {
    uploads,
    sent: sum((it) => it.sent),
    sentBytes: sum((it) => it.bytes),
    failedUploads: sum((it) => it.failedByAws),
  };
}
