// Sends the due files batch by batch, several batches side by side.
import { concernsOneFile, reasonOf } from '../../aws/error-kinds.js';
import { forEachInPool } from '../../cli/concurrency.js';
import { formatTransfer } from '../../cli/units/transfer.js';
import type { Journal } from '../../records/journal.js';
import { LocalOwnerNames } from '../../tree/disk/owner-names.js';
import { type Batches, flatten, mapEach } from '../../tree/streams/batches.js';
import type { Spool } from '../../tree/streams/spool.js';
import type { Backup } from '../backup.js';
import { type DraftLine, formatDraftLine, parseDraftLine, readDraft } from '../scan/draft.js';
import type { DueList } from '../scan/draft-writer.js';
import { type Batch, batchLimits, FIRST_BATCH, openFilesLimit, splitIntoBatches } from './batches.js';
import { type BatchOutcome, sendBatch, type UploadFailure } from './send-batch.js';

export interface SentByName {
  readonly sent: number;
  /** Of the files that were sent. */
  readonly bytes: number;
  readonly vanished: number;
  /** How many the AWS CLI failed to send. */
  readonly failedByAws: number;
  /** The files that were not sent, as JSON texts of `UploadFailure`. */
  readonly failures: Spool;
  /** The lines of the files that were due, with what became of each, in the order of their keys. */
  outcomes(): Batches<DraftLine>;
}

/**
 * @param journal has begun; if this fails, it holds what has been sent
 * @throws {AwsError} if the AWS CLI fails for a reason that concerns every file
 */
export async function sendByName(
  backup: Backup,
  due: Pick<DueList, 'files' | 'bytes'>,
  journal: Journal,
): Promise<SentByName> {
  const { aws, log, interruption, config } = backup;
  const { count } = due.files;
  const failures = backup.spool('failures');
  const processes = aws.limitsBandwidth ? 1 : config.uploadProcesses;
  const limits = batchLimits({ count, bytes: due.bytes }, processes, openFilesLimit());
  const pass = journal.nextPass();
  const names = new LocalOwnerNames();
  const began = Date.now();
  let [tried, uploaded, uploadedBytes, sent, bytes, vanished, failedByAws] = [0, 0, 0, 0, 0, 0, 0];
  const send = async (batch: Batch): Promise<BatchOutcome> => {
    interruption.check();
    const { number } = batch;
    const outcome = await sendBatch(backup, batch, names, (place, line) => {
      journal.note(pass, number, place, formatDraftLine(line));
      uploaded += 1;
      uploadedBytes += batch.files[place]?.size ?? 0;
      const transfer = formatTransfer(uploadedBytes, due.bytes, (Date.now() - began) / 1000);
      log.progress(`Uploading: ${uploaded} of ${count} files, ${transfer}`);
    });
    journal.add(pass, number, outcome.lines.map(formatDraftLine));
    for (const failure of outcome.failures) failures.write(JSON.stringify(failure));
    failedByAws += outcome.failures.filter((it) => it.isOfAws).length;
    tried += batch.files.length;
    sent += outcome.sent;
    bytes += outcome.bytes;
    vanished += outcome.lines.filter((it) => it.state === 'vanished').length;
    return outcome;
  };
  log.info(`Uploading ${count} files, ${due.bytes} bytes.`);
  const batches = splitIntoBatches(flatten(readDraft(due.files)), limits);
  // One batch after the other until a file is sent: a reason that concerns every file shows before many are tried.
  const failed: BatchOutcome[] = [];
  while (sent === 0 && generalFailures(failed).length < FIRST_BATCH) {
    const { value: batch, done } = await batches.next();
    if (done) break;
    const outcome = await send(batch);
    if (generalFailures([outcome]).length > 0) failed.push(outcome);
  }
  if (sent === 0 && tried < count) assertReasonsDiffer(failed);
  await forEachInPool(batches, async (batch) => void (await send(batch)), limits.processes);
  log.progress(undefined);
  failures.close();
  log.info(`Uploaded ${sent} files, ${bytes} bytes.`);
  return {
    sent,
    bytes,
    vanished,
    failedByAws,
    failures,
    outcomes: () => mapEach(journal.lines(pass), parseDraftLine),
  };
}

/** The failures whose reason may concern every file. */
function generalFailures(outcomes: readonly BatchOutcome[]): UploadFailure[] {
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  return failures.filter(({ why, isOfAws }) => isOfAws && !concernsOneFile(why));
}

/** @throws {AwsError} if all failures have the same reason */
function assertReasonsDiffer(outcomes: readonly BatchOutcome[]): void {
  const reasons = new Set(generalFailures(outcomes).map(({ why }) => reasonOf(why)));
  const error = outcomes.at(-1)?.error;
  if (reasons.size === 1 && error !== undefined) throw error;
}
