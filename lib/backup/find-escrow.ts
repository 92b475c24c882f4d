// Whether the backup's encryption key is in the bucket (escrowed), for a restore without this machine.
import { BackupError, orFailure } from '../cli/errors.js';
import { formatTime } from '../cli/units/times.js';
import { escrowStateOf, type FoundEscrow, findEscrow } from '../records/escrow-state.js';
import type { LastRun } from '../records/last-run.js';
import type { Backup } from './backup.js';
import { failureAfterBackup } from './report.js';
import type { Start } from './start.js';

/** Returns errors of the bucket instead of throwing them: no step of the backup depends on the escrow. */
export async function findEscrowOfRun(backup: Backup, start: Start): Promise<FoundEscrow> {
  return start.whyFull === undefined ? 'not asked' : orFailure(askForEscrow(backup, start));
}

async function askForEscrow(backup: Backup, { escrow, lastRun }: Start): Promise<FoundEscrow> {
  const found = escrow === 'not asked' ? await findEscrow(backup.aws) : escrow;
  return typeof found === 'string' ? 'none' : escrowStateOf(backup.aws, found, lastRun?.escrow);
}

/**
 * Warns if the key is not escrowed, or no longer.
 * @throws {BackupError} if the bucket gave no answer: the backup is done by now
 */
export function reportEscrow({ log }: Backup, lastRun: LastRun | undefined, escrow: FoundEscrow): void {
  if (escrow instanceof BackupError)
    throw failureAfterBackup('the bucket did not say whether its key is escrowed', escrow);
  if (escrow === 'none') log.warn('You have not backed up your encryption key, yet.');
  if (typeof escrow === 'string') return;
  const stored = formatTime(Date.parse(escrow.stored));
  if (escrow.is === 'of another key')
    log.warn(
      `The escrow in the bucket, stored ${stored}, holds another encryption key than this backup's. Keep this one in a safe place, or store it with encrypted-s3-upload-key.`,
    );
  else if (escrow.is === 'of an unknown key' && lastRun?.escrow?.is === 'of this key')
    log.warn(
      `The escrow in the bucket held this backup's encryption key, but was replaced on ${stored}; which key it holds now is unknown. Store yours again with encrypted-s3-upload-key.`,
    );
}
