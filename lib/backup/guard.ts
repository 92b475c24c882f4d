// The guard, before the run changes anything: counts the losses by the last run's tree, or by the listing. A full run
// counts them again before it deletes (delete.ts).
import type { Backup } from './backup.js';
import { compareBeforeUpload } from './check/compare-before-upload.js';
import type { Due } from './find-due.js';
import { assertLossesAllowed, countLossesStillStored, reasonToRefuse } from './guard/losses.js';
import { readKeys } from './scan/draft.js';
import type { Start } from './start.js';

/** @throws {BackupError} with exit code 4 if too much would be lost */
export async function assertNotMassDeletion(
  backup: Backup,
  start: Start,
  { listed }: Pick<Due, 'listed'>,
): Promise<void> {
  const { scan, tree } = start;
  if (tree === 'none') {
    if (listed !== undefined) assertLossesAllowed(listed.losses, backup);
    return;
  }
  if (reasonToRefuse(scan.losses, backup) === undefined) return;
  // A run that ended before its record may have deleted some of them already: the listing shows which.
  const { gone } = listed ?? (await compareBeforeUpload(backup, start));
  assertLossesAllowed(await countLossesStillStored(scan.losses, readKeys(scan.gone), readKeys(gone)), backup);
}
