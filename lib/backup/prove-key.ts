// Proves the encryption key if there is no record of this backup: by a few of its objects, and by the records of other
// backups in the bucket.
import { AwsError } from '../aws/errors/aws-error.js';
import { assertKeyFits } from '../aws/sse-c/wrong-key.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { findBackupsOfOtherKeys } from '../records/backups-in-bucket.js';
import { RECORD, runFolderKey } from '../records/last-run.js';
import { textOf } from '../tree/bytes.js';
import type { Backup } from './backup.js';
import type { Comparison } from './check/compare.js';

/** @throws {BackupError} with exit code 5 if objects below the prefix were stored with another encryption key */
export function assertKeyOfObjects({ aws, prefix }: Backup, { objects }: Comparison): Promise<void> {
  const samples = objects.items.map((key) => ({ bucket: aws.bucket, key: prefix + textOf(key) }));
  return assertKeyFits(aws, samples);
}

/**
 * A bucket's escrow holds one encryption key. If two backups had different keys, a restore without this machine would
 * get the wrong key for one of them. --another-key allows that.
 * @throws {BackupError} with exit code 5 if a record that can be read was stored with another key
 */
export async function assertNoOtherKey({ aws, flags, log }: Backup): Promise<void> {
  if (flags.usesAnotherKey) return;
  try {
    for await (const { prefix } of findBackupsOfOtherKeys(aws))
      throw secondKeyError(runFolderKey(prefix) + RECORD, aws.bucket);
  } catch (error) {
    if (!(error instanceof AwsError) || error.kind !== 'access-denied') throw error;
    log.info(
      `Can't check whether other backups in the bucket have the same encryption key: ${error.message}`,
    );
  }
}

function secondKeyError(key: string, bucket: string): BackupError {
  return new BackupError(
    `Another backup in the bucket, that of s3://${bucket}/${key}, has another encryption key. The escrow of one bucket holds one key.`,
    {
      exitCode: exitCode.wrongKey,
      hint: 'Use the same key or another bucket. If you want two keys, keep the second one elsewhere, and run this backup once with --another-key. Nothing was changed.',
    },
  );
}
