// The messages at the end of a run: which files are not in the backup, and its numbers.
import { hintOfAwsError, kindOfAwsError } from '../aws/errors/error-kinds.js';
import { BackupError } from '../cli/errors.js';
import { printText } from '../cli/output/print.js';
import { formatBytes, formatCount, formatDuration } from '../cli/units/quantities.js';
import { bytesOf, textOf } from '../tree/bytes.js';
import { quotedPatternFor } from '../tree/patterns.js';
import { flatten } from '../tree/streams/batches.js';
import type { TreeTotals } from '../tree/tree-file.js';
import type { Backup } from './backup.js';
import type { Checked } from './check.js';
import type { RunFacts } from './record.js';
import { readDraft } from './scan/draft.js';
import type { Start } from './start.js';
import { totalOf } from './upload/sent.js';

/** Names the files that were not uploaded, and logs the run's numbers. */
export async function reportOutcome(
  backup: Backup,
  { scan: { counts } }: Start,
  checked: Checked,
  totals: TreeTotals,
): Promise<void> {
  const { localDir, log, incomplete } = backup;
  await reportFailures(backup, checked);
  incomplete.close();
  const vanished = totalOf(checked.uploads, 'vanished');
  log.info(`In the backup: ${totals.files} files, ${totals.bytes} bytes.`);
  log.info(
    `Not in it: ${counts.link} links, ${counts.special} special files, ${counts.dangling} links that lead nowhere, ${vanished} files that vanished during the run.`,
  );
  // A run without files is not silent: a disk may not be mounted.
  if (totals.files === 0)
    log.warn(
      `No file of LOCAL_DIR "${localDir}" is in the backup. If a disk should be mounted there, mount it.`,
    );
  if (checked.kept === 0) return;
  const objects = `${formatCount(checked.kept, 'object')} whose ${checked.kept === 1 ? 'file is' : 'files are'}`;
  const kept = `Keeping ${objects} not on disk, but not provably gone`;
  if (counts.dangling === 0) log.info(`${kept}.`);
  // They may be on an unmounted disk, to which a link leads.
  else log.warn(`${kept}: they may be behind links that lead nowhere, which syslog names.`);
}

async function reportFailures(
  { aws, localDir, incomplete }: Backup,
  { uploads, stillDue }: Checked,
): Promise<void> {
  const report = (path: string, why: string) =>
    incomplete.addFailure(`${localDir}/${path}`, 'is not in the backup as it is', why, path);
  for (const upload of uploads) {
    for await (const { path, why, cause } of flatten(upload.failures())) {
      report(path, cause === 'aws' ? describeFailure(path, why.replace(/\.$/, '')) : why);
      if (cause === 'aws') incomplete.addHint(hintOfAwsError(why, aws));
    }
  }
  if (stillDue === undefined) return;
  for await (const { key } of flatten(readDraft(stillDue)))
    report(textOf(key), 'the bucket does not hold it, although the AWS CLI reported its upload');
}

/**
 * Prints what the run has done: on a terminal, and with --json as one line on standard output.
 * @returns the summary, one line
 * @throws {BackupError} if standard output can't be written
 */
export async function reportRun({ flags, log }: Backup, facts: RunFacts): Promise<string> {
  const { started, ended, totals, sent = 0, sentBytes = 0, deleted, notBackedUp, lastVerified } = facts;
  const took = formatDuration((Date.parse(ended) - Date.parse(started)) / 1000);
  const readBack = lastVerified?.at === ended ? 1 : 0;
  const sentText = sent === 0 ? '0 sent' : `${sent} sent (${formatBytes(sentBytes)})`;
  const missing = notBackedUp === 0 ? '' : `; ${notBackedUp} not in the backup`;
  log.info(`All done. Transferred ${sent} files.`);
  const summary = `Done in ${took}: ${formatCount(totals.files, 'file')}, ${formatBytes(totals.bytes)} in the backup; ${sentText}, ${deleted} deleted, ${readBack} read back${missing}.`;
  log.summary(summary);
  if (!flags.isJson) return summary;
  const result = { format: 'encrypted-s3-backup run', version: 1, ...facts };
  try {
    await printText(`${JSON.stringify(result)}\n`);
  } catch (error) {
    if (error instanceof BackupError) throw failureAfterBackup('the result was not printed', error);
    throw error;
  }
  return summary;
}

/** @param why the AWS CLI's message */
function describeFailure(path: string, why: string): string {
  // The next run fails in the same way, unless the server is changed meanwhile: only a trial shows that.
  const canNeverSucceed = kindOfAwsError(why) === 'bad-name-or-size';
  const exclude = canNeverSucceed ? `. To exclude it: EXCLUDE=(${quotedPatternFor(bytesOf(path))})` : '';
  return `its upload failed: ${why}${exclude}`;
}

/** The failure of a step after the record. @param what the step that failed, as a clause */
export function failureAfterBackup(what: string, error: BackupError): BackupError {
  const { message, hint, exitCode, cause } = error;
  return new BackupError(`The backup is done, but ${what}. ${message}`, {
    exitCode,
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
