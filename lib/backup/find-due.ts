// Which files are due: the scan alone tells if the last run's tree says what the bucket has; otherwise the bucket is
// listed first.
import { AwsError } from '../aws/aws-error.js';
import { assertKeyFits } from '../aws/wrong-key.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { findBackupsOfOtherKeys } from '../records/backups-in-bucket.js';
import { RECORD, runFolderKey } from '../records/last-run.js';
import { textOf } from '../tree/bytes.js';
import type { Backup } from './backup.js';
import type { Comparison, OnDue } from './check/compare.js';
import { compareBeforeUpload } from './check/compare-before-upload.js';
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

/** True if no tree tells what the bucket has: before a first record, and after a run that did not end. */
export function needsListing({ tree, unfinished }: Start): boolean {
  return tree === 'none' || unfinished !== undefined;
}

/**
 * Compares the scan with the bucket's listing. If there is no record that proves the encryption key, it is tried on a few
 * objects and on the records of other backups.
 * @throws {BackupError} with exit code 5 if they were stored with another one
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

function assertKeyOfObjects({ aws, prefix }: Backup, { objects }: Comparison): Promise<void> {
  const samples = objects.items.map((key) => ({ bucket: aws.bucket, key: prefix + textOf(key) }));
  return assertKeyFits(aws, samples);
}

/**
 * A bucket's escrow holds one encryption key: with a second one in the same bucket, a restore without this machine would
 * find the wrong key for one of the backups, unless the user says that another one is meant.
 * @throws {BackupError} with exit code 5 if another backup has another one, as far as their records may be read
 */
async function assertNoOtherKey({ aws, flags, log }: Backup): Promise<void> {
  if (flags.usesAnotherKey) return;
  try {
    for await (const { prefix } of findBackupsOfOtherKeys(aws))
      throw secondKeyError(runFolderKey(prefix) + RECORD, aws.bucket);
  } catch (error) {
    if (!(error instanceof AwsError) || error.kind !== 'access-denied') throw error;
    log.info(`Whether other backups in the bucket have the same encryption key is unknown: ${error.message}`);
  }
}

function secondKeyError(key: string, bucket: string): BackupError {
  return new BackupError(
    `Another backup in the bucket, that of s3://${bucket}/${key}, has another encryption key. The escrow of one bucket holds one key.`,
    {
      exitCode: exitCode.wrongKey,
      hint: 'Use the same key or another bucket. If two keys are meant, keep the second one elsewhere, and run this backup once with --another-key. Nothing was changed.',
    },
  );
}
