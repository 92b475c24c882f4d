import { BackupError } from '../cli/errors.js';
import { findEscrow } from '../records/escrow.js';
import type { Backup } from './backup.js';
import type { Checked } from './check.js';
import { failureAfterBackup } from './report.js';
import type { Start } from './start.js';

/** True if the encryption key is in the bucket, for a restore without this machine; a quick run does not ask. */
export async function isKeyEscrowed(
  { aws }: Backup,
  { escrow }: Start,
  { isFull }: Checked,
): Promise<boolean> {
  if (!isFull) return true;
  if (escrow !== 'not asked') return escrow === 'found';
  try {
    return (await findEscrow(aws)) === 'found';
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw failureAfterBackup('the bucket does not tell whether its key is escrowed', error);
  }
}
