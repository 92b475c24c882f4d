// The guard of a run before it changes anything: by the last run's tree, and by the listing where one was needed.

import { bytesOf } from '../tree/bytes.js';
import { mapEach } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';
import type { StartingPoint } from './ask-and-scan.js';
import type { Backup } from './backup.js';
import { compareBeforeUpload } from './check/list-before.js';
import type { DueFiles } from './find-due.js';
import { assertLossesAllowed, reasonToRefuse } from './guard/losses-allowed.js';
import { countLossesStillStored } from './guard/still-stored.js';
import { readDraft } from './scan/draft.js';

/** @throws {BackupError} with exit code 4 if too much would be lost */
export async function assertNotMassDeletion(
  backup: Backup,
  start: StartingPoint,
  { listed }: DueFiles,
): Promise<void> {
  const { localDir, guard } = backup;
  const { scan, tree } = start;
  if (tree === 'none') {
    if (listed !== undefined) assertLossesAllowed(listed.losses, localDir, guard);
    return;
  }
  if (reasonToRefuse(scan.losses, guard) === undefined) return;
  // What is gone may be deleted already, by a run that ended before its record: the listing tells.
  const { gone } = listed ?? (await compareBeforeUpload(backup, readDraft(scan.draft), start));
  assertLossesAllowed(
    await countLossesStillStored(scan.losses, keysIn(scan.gone), keysIn(gone)),
    localDir,
    guard,
  );
}

function keysIn(spool: Spool) {
  return mapEach(readJson<string>(spool), (path) => ({ key: bytesOf(path) }));
}
