// A run for the original's encrypted-s3-upload-key: stores the escrow as this program's own upload-key does.
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import type { BackupConfig } from '../config/backup-config.js';
import { escrowKey, readEscrowFolder } from '../records/escrow.js';
import type { RunResult } from './back-up.js';
import { connectToBucket } from './connection.js';

/** @param config its key encrypts the escrow */
export async function runEscrow(
  config: BackupConfig,
  context: CommandContext,
  lockDescriptor: number,
): Promise<RunResult> {
  const encryptionKey = readEscrowFolder(config.localDir);
  const aws = connectToBucket(config, context, lockDescriptor);
  const escrow = { ...config, encryptionKey, easyKey: config.encryptionKey };
  await escrowKey(aws, escrow, context.log, (held) => {
    const what =
      held === 'other easy key'
        ? 'a backup key, stored with another easy-to-remember key'
        : 'a different backup key';
    throw new BackupError(
      `The bucket "${aws.bucket}" already holds ${what}. Backups made with that key need it.`,
      {
        exitCode: exitCode.refused,
        hint: 'Run the encrypted-s3-upload-key of this program, which asks whether to replace it. Nothing was stored.',
      },
    );
  });
  return {
    exitCode: exitCode.done,
    summary: 'The encryption key is in the bucket.',
  };
}
