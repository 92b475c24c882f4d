// Which files are due. If the last run's tree shows what the bucket has, the scan decides alone; otherwise the bucket
// is listed first.
import { allSettledOrThrow } from '../cli/concurrency.js';
import type { Backup } from './backup.js';
import type { Comparison, OnDue } from './check/compare.js';
import { compareBeforeUpload } from './check/compare-before-upload.js';
import { assertKeyOfObjects, assertNoOtherKey } from './prove-key.js';
import type { DraftFiles } from './scan/draft-writer.js';
import type { Start } from './start.js';

export interface Due extends DraftFiles {
  /** The comparison with the listing, if there was one. */
  readonly listed: Comparison | undefined;
}

/** @throws {BackupError} with exit code 5 if a backup without a record was made with another encryption key */
export async function findDue(backup: Backup, start: Start): Promise<Due> {
  if (!needsListing(start)) return { ...start.scan, listed: undefined };
  const listed = await listBeforeUpload(backup, start);
  return { ...listed, listed };
}

/** True if no tree shows what the bucket has: without a record, and after a run that did not end. */
export function needsListing({ tree, unfinished }: Start): boolean {
  return tree === 'none' || unfinished !== undefined;
}

/**
 * Compares the scan with the bucket's listing. Without a record, which would prove the encryption key, tries the key on
 * a few objects and on the records of other backups.
 * @throws {BackupError} with exit code 5 if they were stored with another key
 */
export async function listBeforeUpload(backup: Backup, start: Start, onDue?: OnDue): Promise<Comparison> {
  const isProven = start.lastRun !== undefined || start.escrow === 'no bucket';
  const [listed] = await allSettledOrThrow(
    compareBeforeUpload(backup, start, onDue).then(async (comparison) => {
      if (!isProven) await assertKeyOfObjects(backup, comparison);
      return comparison;
    }),
    isProven ? Promise.resolve() : assertNoOtherKey(backup),
  );
  return listed;
}
