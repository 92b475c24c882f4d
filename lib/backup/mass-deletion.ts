// The guard of a run before it changes anything: by the last run's tree, and by the listing where one was needed.
import { mapEach } from '../tree/batches.js';
import { bytesOf } from '../tree/bytes.js';
import { readJson, type Spool } from '../tree/spool.js';
import type { Asked } from './ask.js';
import type { Backup } from './backup.js';
import { readDraft } from './draft.js';
import type { WhatIsDue } from './due.js';
import { objection, refuse } from './guard.js';
import { listBefore } from './list-before.js';
import { lossesStillStored } from './still-stored.js';

/** @throws {BackupError} with exit code 4 if too much would be lost */
export async function assertNotMassDeletion(
  backup: Backup,
  asked: Asked,
  { listed }: WhatIsDue,
): Promise<void> {
  const { localDir, guard } = backup;
  const { scan, tree } = asked;
  if (tree === 'none') {
    if (listed !== undefined) refuse(listed.losses, localDir, guard);
    return;
  }
  if (objection(scan.losses, guard) === undefined) return;
  // What is gone may be deleted already, by a run that ended before its record: the listing tells.
  const { gone } = listed ?? (await listBefore(backup, readDraft(scan.draft), asked));
  refuse(await lossesStillStored(scan.losses, keysIn(scan.gone), keysIn(gone)), localDir, guard);
}

function keysIn(spool: Spool) {
  return mapEach(readJson<string>(spool), (path) => ({ key: bytesOf(path) }));
}
