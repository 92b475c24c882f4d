// A backup run, step by step, once the lock is ours: scan, guard, upload, check, delete, verify, record.
import { askAndScan } from '../backup/ask.js';
import type { Backup } from '../backup/backup.js';
import { deleteGone } from '../backup/delete.js';
import { findWhatIsDue } from '../backup/due.js';
import { whyFullRun } from '../backup/full-check.js';
import { isEscrowed } from '../backup/is-escrowed.js';
import { writeLocalList } from '../backup/local-list.js';
import { assertNotMassDeletion } from '../backup/mass-deletion.js';
import { provideBucket } from '../backup/provide-bucket.js';
import { storeRecord, treeToRecord } from '../backup/record.js';
import { logSummary, nameFailures, nameObstacles } from '../backup/report.js';
import { settle } from '../backup/settle.js';
import { upload } from '../backup/upload/upload.js';
import { exitCode } from '../exit-codes.js';
import { sideBySide } from '../side-by-side.js';

/** @returns the exit code: done, or done with files missing */
export async function backUp(backup: Backup): Promise<number> {
  const { aws, config, prefix, shortfalls, log } = backup;
  log.info(`Starting with config "${config.file}"...`);
  const asked = await askAndScan(backup); // exit 5 on another key, 4 on another source
  const full = whyFullRun(backup, asked);
  log.info(full === undefined ? 'This is a quick run.' : `This is a full run: ${full}.`);
  const due = await findWhatIsDue(backup, asked);
  await nameObstacles(backup, asked.scan.obstacles);
  await assertNotMassDeletion(backup, asked, due); // exit 4
  await provideBucket(backup, asked);
  const uploaded = await upload(backup, asked, due);
  const settled = await settle(backup, asked, due, uploaded, full !== undefined); // exit 6
  const deleted = await deleteGone(backup, settled.deletions);
  await nameFailures(backup, settled);
  const tree = await treeToRecord(backup, asked, settled);
  logSummary(backup, asked.scan.counts, settled, tree.totals);
  const [, , hasEscrow] = await sideBySide(
    storeRecord(backup, asked, settled, tree, deleted),
    config.localList === undefined ? Promise.resolve() : writeLocalList(aws, config.localList, prefix),
    full === undefined ? Promise.resolve(true) : isEscrowed(backup, asked.escrow),
  );
  uploaded.journal.end();
  if (!hasEscrow) log.warn('You have not backed up your encryption key, yet.');
  log.info(`All done. Transferred ${settled.sent} files.`);
  return shortfalls.count === 0 ? exitCode.done : exitCode.incomplete;
}
