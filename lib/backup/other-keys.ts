// A bucket's escrow holds one encryption key. With a second one in the same bucket, a restore without this machine would find
// the wrong key for one of the backups.
import { AwsError } from '../aws/aws-error.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { RECORD, runFolderKey } from '../records/last-run.js';
import { findBackupsOfOtherKeys } from '../records/other-keys.js';
import type { Backup } from './backup.js';

/**
 * Before the first write of a backup without a record: its encryption key has to be that of the other backups in the
 * bucket, as far as their records may be read, unless the user says that another one is meant.
 * @throws {BackupError} with exit code 5
 */
export async function assertNoOtherKey(backup: Backup): Promise<void> {
  const { aws, flags, log } = backup;
  if (flags.usesAnotherKey) return;
  try {
    for await (const { prefix } of findBackupsOfOtherKeys(backup))
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
