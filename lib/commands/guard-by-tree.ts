// The guard, by what the last run knew, before anything is changed.
import { objection, refuse } from '../run/guard.js';
import type { Run } from '../run/run.js';
import { readJson, type Spool } from '../run/spool.js';
import { lossesStillStored } from '../run/still-stored.js';
import { mapEach } from '../tree/batches.js';
import { bytesOf } from '../tree/bytes.js';
import type { Survey } from './survey.js';

/**
 * The listing is waited for only where the last run's tree objects, and tells no more than what is deleted already.
 * @throws {BackupError} with exit code 4 if too much is gone
 */
export async function guardByTree(run: Run, { hasTree, stock, goneInTree, findings }: Survey): Promise<void> {
  if (!hasTree || objection(stock.losses, run.guard) === undefined) return;
  const { gone } = await findings;
  const losses = await lossesStillStored(stock.losses, keysIn(goneInTree), keysIn(gone));
  refuse(losses, run.upload.localDir, run.guard);
}

function keysIn(spool: Spool) {
  return mapEach(readJson<string>(spool), (path) => ({ key: bytesOf(path) }));
}
