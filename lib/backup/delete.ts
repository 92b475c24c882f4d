// Deletes the objects whose files are proven to be gone from disk, and nothing else.
import { AwsError } from '../aws/errors/aws-error.js';
import { formatCount } from '../cli/units/quantities.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';
import type { Backup } from './backup.js';
import type { Checked } from './check.js';
import { deleteProven } from './delete/delete-proven.js';
import { hasFileAppeared } from './delete/has-file-appeared.js';
import { findReasonToKeep, type ReasonToKeep } from './delete/why-kept.js';
import { assertLossesAllowed } from './guard/losses.js';
import { assertSameLocalDir } from './source/local-dir.js';
import type { Start } from './start.js';
import { totalOf } from './upload/sent.js';

export interface Deleted {
  /** Their keys, as JSON texts, in their order. */
  readonly keys: Spool;
  /** Whether an object of a file that is gone is still in the bucket. */
  readonly isHeldBack: boolean;
}

/** @throws {BackupError} with exit code 4 if too much would be lost, or LOCAL_DIR is another folder by now */
export async function deleteGone(backup: Backup, start: Start, checked: Checked): Promise<Deleted> {
  const keys = backup.spool('deleted');
  const areDeleted = await deleteUnlessKept(backup, start, checked, keys);
  keys.close();
  return { keys, isHeldBack: !areDeleted };
}

/** @returns whether all were deleted */
async function deleteUnlessKept(
  backup: Backup,
  start: Start,
  checked: Checked,
  deleted: Spool,
): Promise<boolean> {
  const { localDir, localDirId, log } = backup;
  const { gone, missing, hidingPlaces, uploads } = checked;
  if (gone.count > 0) {
    await assertSameLocalDir(localDir, localDirId);
    const appeared = (await hasFileAppeared(backup, checked.draft())) ? 1 : 0;
    const failedUploads = totalOf(uploads, 'failedByAws');
    const notInBucket = { missing: missing + appeared, hidingPlaces, failedUploads };
    const reason = await findReasonToKeep(backup, start, notInBucket);
    if (reason !== undefined) {
      reportKept(backup, 'Not deleting', gone.count, reason);
      return false;
    }
  }
  // Not before there is no reason to keep them: objects that are kept pile up, and would stop every run. In a quick
  // run, the guard has judged the losses before the upload.
  if (checked.isFull) assertLossesAllowed(checked.losses, backup);
  if (gone.count === 0) return true;
  log.progress(`Deleting ${formatCount(gone.count, 'object')}`);
  if (checked.linksAbove.size > 0) warnOfLinks(backup, checked.linksAbove);
  const areDeleted = await deleteAllProven(backup, checked, deleted);
  log.progress(undefined);
  log.info(`Deleted in the bucket: ${deleted.count}.`);
  return areDeleted;
}

/** Reports why nothing is deleted. @param what the beginning of the message */
export function reportKept(
  { incomplete, log }: Backup,
  what: 'Not deleting' | 'Would not delete',
  gone: number,
  { why, isFailure }: ReasonToKeep,
): void {
  const objects = `${formatCount(gone, 'object')} whose ${gone === 1 ? 'file is' : 'files are'} gone`;
  const sentence = `${what} ${objects}: ${why}`;
  if (isFailure) incomplete.add(sentence);
  else log.warn(sentence);
}

/** A link may have replaced a folder whose files the user wants in the backup. */
function warnOfLinks({ localDir, log }: Backup, links: ReadonlySet<Bytes>): void {
  const [first = bytesOf('')] = links;
  const others = links.size > 1 ? ` and ${formatCount(links.size - 1, 'other path')}` : '';
  log.warn(
    `Deleting the objects below "${localDir}/${textOf(first)}"${others}: that is a link now, and FOLLOW_SYMLINKS='no'.`,
  );
}

/** A failed request does not end the run, which still has to store its record. @returns whether all were deleted */
async function deleteAllProven(
  backup: Backup,
  { gone, linksAbove }: Checked,
  deleted: Spool,
): Promise<boolean> {
  const { state, incomplete } = backup;
  const paths = flatten(readJson<string>(gone));
  let areDeleted = true;
  try {
    for await (const { path, key, refusal } of deleteProven(backup, paths, state.runFolder, linksAbove)) {
      if (refusal === undefined) deleted.write(JSON.stringify(path));
      else {
        areDeleted = false;
        incomplete.addFailure(key, 'could not be deleted in the bucket', refusal.why, key);
        incomplete.addHint(refusal.hint);
      }
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    areDeleted = false;
    incomplete.add(
      `Not all objects whose files are gone could be deleted; the next run tries again: ${error.message}`,
    );
    incomplete.addHint(error.hint);
  }
  return areDeleted;
}
