// The check after the upload. A full run compares the bucket's listing with the scan, and sends again what is missing;
// a quick run trusts the last full check and the AWS CLI's success.
import { allSettledOrThrow } from '../cli/concurrency.js';
import { formatCount } from '../cli/units/quantities.js';
import type { Bytes } from '../tree/bytes.js';
import { type Batches, flatten } from '../tree/streams/batches.js';
import type { Spool } from '../tree/streams/spool.js';
import type { Backup } from './backup.js';
import { type Comparison, type ComparisonAfterUpload, compareAfterUpload } from './check/compare.js';
import type { Due } from './find-due.js';
import { type DraftLine, readDraft, withOutcomes } from './scan/draft.js';
import type { DraftFiles } from './scan/draft-writer.js';
import type { Start } from './start.js';
import { sendByName } from './upload/send-by-name.js';
import { NOTHING_SENT, type Sent } from './upload/sent.js';
import type { Uploaded } from './upload.js';
import { verifyRandomFile } from './verify.js';

export interface Checked extends Omit<DraftFiles, 'draft' | 'due' | 'dueBytes' | 'overwritten'> {
  readonly isFull: boolean;
  /** The draft after the check. */
  draft(): Batches<DraftLine>;
  /** Whether disk and bucket hold exactly what the last tree has. */
  readonly isAsTree: boolean;
  /** How many files are not in the bucket, and may be ones that seem gone, under new names. */
  readonly missing: number;
  /** How many objects stay, since their file was not found but is not proven to be gone; 0 in a quick run. */
  readonly kept: number;
  readonly uploads: readonly Sent[];
  /** The draft's lines of files that the AWS CLI has sent, but that the bucket does not hold. */
  readonly stillDue: Spool | undefined;
  /** The file that was read back; `undefined` if none was. */
  readonly verified: Bytes | undefined;
}

/** @throws {BackupError} with exit code 6 if a random file of the bucket is not what is on disk */
export async function checkBucket(
  backup: Backup,
  start: Start,
  due: Due,
  uploaded: Uploaded,
): Promise<Checked> {
  if (start.whyFull !== undefined) return checkByListing(backup, start, due, uploaded);
  const { sent } = uploaded;
  return {
    ...due,
    isFull: false,
    draft: () => withOutcomes(readDraft(due.draft), sent.outcomes()),
    isAsTree: start.scan.isAsTree && due.due.count === 0,
    missing: sent.failed,
    kept: 0,
    uploads: [sent],
    stillDue: undefined,
    verified: undefined,
  };
}

async function checkByListing(
  backup: Backup,
  { scan, times }: Start,
  due: Due,
  uploaded: Uploaded,
): Promise<Checked> {
  const unchanged = scan.unchanged.items;
  const list = (draft: Spool, { outcomes }: Sent, wasSynced: boolean) =>
    compareAfterUpload(backup, withOutcomes(readDraft(draft), outcomes()), times, wasSynced);
  backup.log.progress('Checking the bucket');
  const [first, early] = await allSettledOrThrow(
    list(due.draft, uploaded.sent, uploaded.wasSynced),
    unchanged.length > 0 ? verifyRandomFile(backup, unchanged) : Promise.resolve(undefined),
  );
  // If the listing shows that the object was replaced, the mismatch is expected: the file is sent again.
  const isReplaced = early?.mismatch !== undefined && (await isDue(first, early.key));
  if (early?.mismatch !== undefined && !isReplaced) throw early.mismatch;
  const again = first.due.count > 0 ? await sendAgain(backup, first, uploaded) : NOTHING_SENT;
  const last = first.due.count > 0 ? await list(first.draft, again, false) : first;
  const verified =
    early === undefined || isReplaced ? await verifyRandomFile(backup, last.stored.items) : early;
  if (verified.mismatch !== undefined) throw verified.mismatch;
  backup.log.progress(undefined);
  return {
    ...last,
    isFull: true,
    draft: () => readDraft(last.draft),
    isAsTree: scan.isAsTree && due.due.count + first.due.count + last.lost === 0,
    // A file that vanished after the first listing may have a new name: only the next run deletes its object. But the
    // guard counts it, since a disk may have been unmounted meanwhile.
    gone: first.gone,
    linksAbove: first.linksAbove,
    kept: last.kept + Math.max(0, last.gone.count - first.gone.count),
    uploads: [uploaded.sent, again],
    stillDue: last.due,
    verified: verified.key,
  };
}

async function isDue({ due }: Comparison, key: Bytes | undefined): Promise<boolean> {
  for await (const line of flatten(readDraft(due))) if (line.key === key) return true;
  return false;
}

/** Uploads the files that the bucket lacks. */
async function sendAgain(
  backup: Backup,
  lacking: ComparisonAfterUpload,
  { journal, wasSynced }: Uploaded,
): Promise<Sent> {
  // If nothing was due before, the journal has not begun.
  if (!journal.hasBegun) await journal.begin();
  const files = `${formatCount(lacking.due.count, 'file')} as they are on disk`;
  backup.log.info(`The bucket lacks ${files}${wasSynced ? ' after the first upload' : ''}.`);
  if (lacking.altered > 0)
    backup.log.warn(
      `The bucket lacks objects that the last run reported as stored, or has others in their place, for ${formatCount(lacking.altered, 'file')}: something else has removed or replaced them, or the AWS CLI reported an upload falsely. This run sends the files again. Older versions may be gone, too: encrypted-s3-list-versions shows the versions of a file.`,
    );
  const [sent] = await allSettledOrThrow(
    sendByName(backup, lacking, journal),
    backup.versioning.warnBefore(lacking.overwritten, false),
  );
  return sent;
}
