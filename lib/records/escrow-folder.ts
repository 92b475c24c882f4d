// The original's encrypted-s3-upload-key writes the text of the escrow into a folder and has encrypted-s3-sync back that up
// below backup.info/key/. With this program in the place of the original's, that is understood as what it is: the escrow.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError, errnoOf } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { keyInEscrow } from '../secrets/escrow-content.js';

const FILE = 'data';
/** Bytes: many more than the text has. */
const MAX_SIZE = 4096;

/**
 * The encryption key in a folder that holds the text of the escrow and nothing else.
 * @throws {BackupError} with exit code 4 for any other folder: nothing is backed up below backup.info/
 */
export function readEscrowFolder(folder: string): EncryptionKey {
  try {
    const file = join(folder, FILE);
    const stats = readdirSync(folder).join('/') === FILE ? lstatSync(file) : undefined;
    if (stats?.isFile() && stats.size <= MAX_SIZE) return keyInEscrow(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof BackupError) && errnoOf(error) === undefined) throw error;
  }
  throw new BackupError(
    `LOCAL_DIR "${folder}" does not hold the escrow alone, and nothing else is stored with REMOTE_DIR_PREFIX='backup.info/key'.`,
    {
      exitCode: exitCode.refused,
      hint: 'Choose another REMOTE_DIR_PREFIX. To store the encryption key in the bucket, run encrypted-s3-upload-key.',
    },
  );
}
