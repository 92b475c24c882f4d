// What a run says: which files are not in the backup, and what is worth knowing.

import { hintOfAwsError } from '../aws/error-kinds.js';
import { textOf } from '../tree/bytes.js';
import type { Obstacle } from '../tree/entry.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';
import type { TreeTotals } from '../tree/tree-file.js';
import type { Backup } from './backup.js';
import type { Checked } from './check.js';
import { readDraft } from './scan/draft.js';
import { describeObstacle, type ScanCounts } from './scan.js';
import type { UploadFailure } from './upload/send-batch.js';

/** Names what the scan could not take along. */
export async function reportObstacles(
  { localDir, incomplete, log }: Backup,
  obstacles: Spool,
): Promise<void> {
  for await (const obstacle of flatten(readJson<Obstacle>(obstacles))) {
    const sentence = describeObstacle(obstacle, localDir);
    if (obstacle.reason === 'unreadable' || obstacle.reason === 'not UTF-8') incomplete.add(sentence);
    else if (obstacle.reason === 'loop') log.warn(sentence);
    else log.info(sentence);
  }
}

/** Names what could not be uploaded. */
export async function reportFailures(
  { aws, localDir, incomplete }: Backup,
  { uploads, stillDue }: Checked,
): Promise<void> {
  const name = (path: string, why: string) =>
    incomplete.addFailure(`${localDir}/${path}`, 'is not in the backup as it is', why, path);
  for (const { failures } of uploads) {
    for await (const { path, why, isOfAws } of flatten(readJson<UploadFailure>(failures))) {
      name(path, isOfAws ? `its upload failed: ${why.replace(/\.$/, '')}` : why);
      if (isOfAws) incomplete.addHint(hintOfAwsError(why, aws));
    }
  }
  if (stillDue === undefined) return;
  for await (const { key } of flatten(readDraft(stillDue)))
    name(textOf(key), 'the bucket does not hold it, although the AWS CLI has uploaded it');
}

/** What is no error, but worth knowing. */
export function logSummary(
  { log, incomplete }: Backup,
  counts: ScanCounts,
  { kept, uploads }: Checked,
  totals: TreeTotals,
): void {
  incomplete.close();
  const vanished = uploads.reduce((sum, it) => sum + it.vanished, 0);
  log.info(`In the backup: ${totals.files} files, ${totals.bytes} bytes.`);
  log.info(
    `Not in it: ${counts.link} links, ${counts.special} special files, ${counts.dangling} links that lead nowhere, ${vanished} files that vanished meanwhile.`,
  );
  if (kept === 0) return;
  const sentence = `${kept} objects are kept whose files are not there, but not provably gone either`;
  if (counts.dangling === 0) log.info(`${sentence}.`);
  // As when a disk that a link leads to is not mounted.
  else log.warn(`${sentence}: they may be behind links that lead nowhere, which syslog names.`);
}
