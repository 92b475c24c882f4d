import { BackupError } from '../errors.js';
import { findEscrow } from '../records/escrow.js';
import { afterBackup } from './after-backup.js';
import type { Asked } from './ask.js';
import type { Backup } from './backup.js';

/** Whether the encryption key is in the bucket, where it can be had without this machine. */
export async function isEscrowed({ aws }: Backup, known: Asked['escrow']): Promise<boolean> {
  if (known !== 'not asked') return known === 'found';
  try {
    return (await findEscrow(aws)) === 'found';
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw afterBackup('whether its key is in the bucket could not be found out', error);
  }
}
