import { concernsOneFile, reasonOf } from '../../aws/error-kinds.js';
import { forEachInPool } from '../../cli/concurrency.js';
import type { Journal } from '../../records/journal.js';
import { ownerNames } from '../../tree/disk/owner-names.js';
import { type Batches, flatten, mapEach } from '../../tree/streams/batches.js';
import type { Spool } from '../../tree/streams/spool.js';
import type { Backup } from '../backup.js';
import { type DraftLine, formatDraftLine, parseDraftLine, readDraft } from '../scan/draft.js';
import type { DueList } from '../scan.js';
import { batchLimits, FIRST_BATCH, openFilesLimit, splitIntoBatches } from './batches.js';
import { type BatchOutcome, sendBatch, type UploadFailure } from './send-batch.js';

export interface Uploaded {
  readonly sent: number;
  readonly bytes: number;
  readonly vanished: number;
  /** How many the AWS CLI could not send. */
  readonly failedByAws: number;
  /** What could not be sent, as JSON texts of `Failure`. */
  readonly failures: Spool;
  /** What became of each file that was due, in the order of their keys. */
  outcomes(): Batches<DraftLine>;
}

/**
 * @param journal has been begun; what has been sent is there when this fails
 * @throws {AwsError} if the AWS CLI fails for a reason that is every file's
 */
export async function uploadDue(
  backup: Backup,
  due: Pick<DueList, 'files' | 'bytes'>,
  journal: Journal,
): Promise<Uploaded> {
  const { aws, log, interruption, config } = backup;
  const { count } = due.files;
  const failures = backup.spool('failures');
  const processes = aws.limitsBandwidth ? 1 : config.uploadProcesses;
  const limits = batchLimits({ count, bytes: due.bytes }, processes, openFilesLimit());
  const pass = journal.nextPass();
  const names = ownerNames();
  let [tried, sent, bytes, vanished, failedByAws, told] = [0, 0, 0, 0, 0, 0];
  const onSent = (batch: number, place: number, line: DraftLine) => {
    journal.note(pass, batch, place, formatDraftLine(line));
    told += 1;
    log.progress(`uploading: ${told} of ${count} files`);
  };
  if (count > 0) log.info(`Uploading ${count} files, ${due.bytes} bytes.`);
  const batches = splitIntoBatches(flatten(readDraft(due.files)), limits);
  const send = async (batch: Parameters<typeof sendBatch>[1]) => {
    interruption.check();
    const outcome = await sendBatch(backup, batch, names, (place, line) => onSent(batch.number, place, line));
    journal.add(pass, batch.number, outcome.lines.map(formatDraftLine));
    for (const failure of outcome.failures) failures.write(JSON.stringify(failure));
    failedByAws += outcome.failures.filter((it) => it.isOfAws).length;
    tried += batch.files.length;
    sent += outcome.sent;
    bytes += outcome.bytes;
    vanished += outcome.lines.filter((it) => it.state === 'vanished').length;
    return outcome;
  };
  // One after the other until a file is sent: what concerns all files shows before many are tried.
  const probes: BatchOutcome[] = [];
  while (sent === 0 && telling(probes).length < FIRST_BATCH) {
    const { value: batch, done } = await batches.next();
    if (done) break;
    const outcome = await send(batch);
    if (telling([outcome]).length > 0) probes.push(outcome);
  }
  if (sent === 0 && tried < count) throwIfForAll(probes);
  await forEachInPool(batches, async (batch) => void (await send(batch)), limits.processes);
  log.progress(undefined);
  failures.close();
  if (count > 0) log.info(`Uploaded ${sent} files, ${bytes} bytes.`);
  return {
    sent,
    bytes,
    vanished,
    failedByAws,
    failures,
    outcomes: () => mapEach(journal.lines(pass), parseDraftLine),
  };
}

/** The failures that may be those of all files. */
function telling(outcomes: readonly BatchOutcome[]): UploadFailure[] {
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  return failures.filter(({ why, isOfAws }) => isOfAws && !concernsOneFile(why));
}

/** @throws {AwsError} if S3 said the same of all of them */
function throwIfForAll(outcomes: readonly BatchOutcome[]): void {
  const failures = telling(outcomes);
  const reasons = new Set(failures.map(({ why }) => reasonOf(why)));
  const error = outcomes.at(-1)?.error;
  if (reasons.size === 1 && error !== undefined) throw error;
}
