import { BackupError } from '../cli/errors.js';
import { findEscrow } from '../records/escrow.js';
import { failureAfterBackup } from './after-backup.js';
import type { StartingPoint } from './ask-and-scan.js';
import type { Backup } from './backup.js';

/** Whether the encryption key is in the bucket, where it can be had without this machine. */
export async function isKeyEscrowed({ aws }: Backup, known: StartingPoint['escrow']): Promise<boolean> {
  if (known !== 'not asked') return known === 'found';
  try {
    return (await findEscrow(aws)) === 'found';
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw failureAfterBackup('whether its key is in the bucket could not be found out', error);
  }
}
