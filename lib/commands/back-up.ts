// A backup run, step by step, once the lock is held: scan, guard, upload, check, delete, verify, record.
import type { Backup } from '../backup/backup.js';
import { checkBucket } from '../backup/check.js';
import { createBucketIfMissing } from '../backup/create-bucket.js';
import { deleteGone } from '../backup/delete.js';
import { findDue } from '../backup/find-due.js';
import { findEscrowOfRun, reportEscrow } from '../backup/find-escrow.js';
import { reportMassChange } from '../backup/guard/mass-change.js';
import { assertNotMassDeletion } from '../backup/guard.js';
import { writeLocalList } from '../backup/local-list.js';
import { reportObstacles } from '../backup/obstacles.js';
import { buildTree, type RunFacts, storeRecord } from '../backup/record.js';
import { reportOutcome, reportRun } from '../backup/report.js';
import { fetchLastRunAndScan } from '../backup/start.js';
import { uploadDue } from '../backup/upload.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { exitCode } from '../cli/exit-codes.js';

export interface RunResult {
  /** Done, or done with files missing. */
  readonly exitCode: number;
  /** `undefined` for a run that stores the escrow. */
  readonly facts?: RunFacts;
  /** What the run has done, in one line. */
  readonly summary: string;
}

export async function runBackup(backup: Backup): Promise<RunResult> {
  const { configFile, incomplete, log } = backup;
  log.info(`Starting with config "${configFile}"...`);
  const start = await fetchLastRunAndScan(backup); // exit 5 on another key, 4 on another source
  const due = await findDue(backup, start);
  await reportObstacles(backup, start);
  await assertNotMassDeletion(backup, start, due); // exit 4, before anything is changed
  await reportMassChange(backup, start, due); // exit 4, if the config says so
  await createBucketIfMissing(backup, start);
  const uploaded = await uploadDue(backup, start, due);
  const [checked, escrow] = await allSettledOrThrow(
    checkBucket(backup, start, due, uploaded), // quick, or full with the verification: exit 6
    findEscrowOfRun(backup, start),
  );
  const deleted = await deleteGone(backup, start, checked);
  const { tree, totals } = await buildTree(backup, start, checked, deleted);
  await reportOutcome(backup, start, checked, totals);
  const [facts] = await allSettledOrThrow(
    storeRecord(backup, start, checked, { tree, totals }, { deleted, escrow }),
    writeLocalList(backup),
  );
  uploaded.journal.end();
  reportEscrow(backup, start.lastRun, escrow);
  const summary = await reportRun(backup, facts);
  return { exitCode: incomplete.count === 0 ? exitCode.done : exitCode.incomplete, facts, summary };
}
