// Sends the due files in batches, several batches at the same time.
import type { AwsError } from '../../aws/errors/aws-error.js';
import { concernsOneFile, reasonOf } from '../../aws/errors/error-kinds.js';
import { forEachInPool } from '../../cli/concurrency.js';
import { formatTransfer } from '../../cli/units/quantities.js';
import type { Journal } from '../../records/journal.js';
import { LocalOwnerNames } from '../../tree/disk/owner-names.js';
import { flatten, mapEach } from '../../tree/streams/batches.js';
import { readJson } from '../../tree/streams/spool.js';
import type { Backup } from '../backup.js';
import { formatDraftLine, parseDraftLine, readDraft } from '../scan/draft.js';
import type { DraftFiles } from '../scan/draft-writer.js';
import { type Batch, batchLimits, FIRST_BATCH, openFilesLimit, splitIntoBatches } from './batches.js';
import { type BatchOutcome, sendBatch } from './send-batch.js';
import type { Sent, UploadFailure } from './sent.js';

/**
 * @param journal must have begun; it notes each file that is sent
 * @throws {AwsError} if the AWS CLI fails for a reason that concerns every file
 */
export async function sendByName(
  backup: Backup,
  { due, dueBytes }: Pick<DraftFiles, 'due' | 'dueBytes'>,
  journal: Journal,
): Promise<Sent> {
  const { aws, log, interruption, uploadProcesses } = backup;
  const { count } = due;
  const failures = backup.spool('failures');
  const processes = aws.limitsBandwidth ? 1 : uploadProcesses;
  const limits = batchLimits({ count, bytes: dueBytes }, processes, openFilesLimit());
  const pass = journal.nextPass();
  const names = new LocalOwnerNames();
  const began = Date.now();
  const total = { sent: 0, bytes: 0, vanished: 0, failed: 0, failedByAws: 0 };
  let [tried, uploaded, uploadedBytes] = [0, 0, 0];
  const send = async (batch: Batch): Promise<BatchOutcome> => {
    interruption.check();
    const { number } = batch;
    const outcome = await sendBatch(backup, batch, names, ({ place, size }, line) => {
      journal.note(pass, number, place, formatDraftLine(line));
      uploaded += 1;
      uploadedBytes += size;
      const transfer = formatTransfer(uploadedBytes, dueBytes, (Date.now() - began) / 1000);
      log.progress(`Uploading: ${uploaded} of ${count} files, ${transfer}`);
    });
    journal.add(pass, number, outcome.lines.map(formatDraftLine));
    for (const failure of outcome.failures) failures.write(JSON.stringify(failure));
    tried += batch.files.length;
    total.sent += outcome.sent;
    total.bytes += outcome.bytes;
    total.vanished += outcome.lines.filter((it) => it.state === 'vanished').length;
    total.failed += outcome.failures.length;
    total.failedByAws += outcome.failures.filter((it) => it.cause === 'aws').length;
    return outcome;
  };
  log.info(`Uploading ${count} files, ${dueBytes} bytes.`);
  const batches = splitIntoBatches(flatten(readDraft(due)), limits);
  // One batch at a time until a file is sent: an error that concerns every file shows before many are tried.
  const reasons: string[] = [];
  let error: AwsError | undefined;
  while (total.sent === 0 && reasons.length < FIRST_BATCH) {
    const { value: batch, done } = await batches.next();
    if (done) break;
    const outcome = await send(batch);
    const general = outcome.failures.filter(({ why, cause }) => cause === 'aws' && !concernsOneFile(why));
    reasons.push(...general.map(({ why }) => reasonOf(why)));
    if (general.length > 0) error = outcome.error;
  }
  const isForAll = total.sent === 0 && tried < count && new Set(reasons).size === 1;
  if (isForAll && error !== undefined) throw error;
  await forEachInPool(batches, async (batch) => void (await send(batch)), limits.processes);
  log.progress(undefined);
  failures.close();
  log.info(`Uploaded ${total.sent} files, ${total.bytes} bytes.`);
  return {
    ...total,
    failures: () => readJson<UploadFailure>(failures),
    outcomes: () => mapEach(journal.lines(pass), parseDraftLine),
  };
}
