// A backup run, step by step, once the lock is ours: scan, guard, upload, check, delete, verify, record.
import { fetchLastRunAndScan } from '../backup/ask-and-scan.js';
import type { Backup } from '../backup/backup.js';
import { reasonForFullRun } from '../backup/check/why-full.js';
import { checkBucket } from '../backup/check.js';
import { isKeyEscrowed } from '../backup/check-escrow.js';
import { deleteGone } from '../backup/delete.js';
import { findDue } from '../backup/find-due.js';
import { assertNotMassDeletion } from '../backup/guard.js';
import { writeLocalList } from '../backup/local-list.js';
import { createBucketIfMissing } from '../backup/provide-bucket.js';
import { buildTree, storeRecord } from '../backup/record.js';
import { logSummary, reportFailures, reportObstacles } from '../backup/report.js';
import { upload } from '../backup/upload.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { exitCode } from '../cli/exit-codes.js';

/** @returns the exit code: done, or done with files missing */
export async function runBackup(backup: Backup): Promise<number> {
  const { aws, config, prefix, incomplete, log } = backup;
  log.info(`Starting with config "${config.file}"...`);
  const start = await fetchLastRunAndScan(backup); // exit 5 on another key, 4 on another source
  const full = reasonForFullRun(backup, start);
  log.info(full === undefined ? 'This is a quick run.' : `This is a full run: ${full}.`);
  const due = await findDue(backup, start);
  await reportObstacles(backup, start.scan.obstacles);
  await assertNotMassDeletion(backup, start, due); // exit 4
  await createBucketIfMissing(backup, start);
  const uploaded = await upload(backup, start, due);
  const checked = await checkBucket(backup, start, due, uploaded, full !== undefined); // exit 6
  const deleted = await deleteGone(backup, checked.deletions);
  await reportFailures(backup, checked);
  const tree = await buildTree(backup, start, checked);
  logSummary(backup, start.scan.counts, checked, tree.totals);
  const [, , hasEscrow] = await allSettledOrThrow(
    storeRecord(backup, start, checked, tree, deleted),
    config.localList === undefined ? Promise.resolve() : writeLocalList(aws, config.localList, prefix),
    full === undefined ? Promise.resolve(true) : isKeyEscrowed(backup, start.escrow),
  );
  uploaded.journal.end();
  if (!hasEscrow) log.warn('You have not backed up your encryption key, yet.');
  log.info(`All done. Transferred ${checked.sent} files.`);
  return incomplete.count === 0 ? exitCode.done : exitCode.incomplete;
}
