// Brings the files of a plan into the stage: most of them by one call of the AWS CLI, older versions and stragglers
// by a call each, as many side by side as there are processors.
import { availableParallelism } from 'node:os';
import { download, downloadAll, s3Url } from '../aws/arguments.js';
import type { AwsAnswer, AwsCli } from '../aws/aws-cli.js';
import { type AwsErrorKind, kindOfAwsError } from '../aws/aws-error.js';
import { RESERVED_PREFIX } from '../aws/bucket.js';
import { splitLines } from '../aws/split-lines.js';
import type { EncryptionKey } from '../encryption-key.js';
import { hasWildcards } from '../run/exclusion.js';
import type { Spool } from '../run/spool.js';
import type { Log } from '../terminal/log.js';
import { textOf } from '../tree/bytes.js';
import type { Totals } from './plan.js';
import { type PlannedFile, readPlan } from './planned-file.js';
import { UNSAFE_KEYS } from './safe-key.js';
import type { Stage } from './stage.js';

/** How many files that did not arrive in bulk are asked for once more. */
const RETRIES = 100;
/** How S3 answers when the version, not the network or the user, is the reason. */
const SINGLE_KINDS: ReadonlySet<AwsErrorKind> = new Set(['access-denied', 'bad-request', 'not-found']);

export interface Fetch {
  readonly aws: AwsCli;
  readonly key: EncryptionKey;
  /** Of the folder: '' or ends in a `/`. */
  readonly prefix: string;
  readonly stage: Stage;
  readonly log: Log;
}

/**
 * @returns why files did not arrive, by their lines in the plan, as far as it is known
 * @throws {AwsError} if the AWS CLI failed as a whole
 */
export async function fetchPlanned(
  fetch: Fetch,
  planned: Spool,
  { counts }: Totals,
): Promise<ReadonlyMap<number, string>> {
  const reasons = new Map<number, string>();
  // For a few files, the AWS CLI need not list and compare them all.
  const isBulkWorthIt =
    counts['in bulk'] > availableParallelism() && !cannotExclude(fetch.prefix, counts.unsafe);
  if (isBulkWorthIt) await fetchInBulk(fetch, planned, counts.unsafe > 0);
  const progress = { done: 0, all: isBulkWorthIt ? counts.singly : counts.singly + counts['in bulk'] };
  await pool(due(), (task) => fetchSingly(fetch, task, reasons, progress));
  fetch.log.progress(undefined);
  return reasons;

  async function* due(): AsyncGenerator<Task> {
    let retries = 0;
    for await (const task of tasks(planned)) {
      const { index, file } = task;
      if (file.how === 'singly') yield task;
      if (file.how !== 'in bulk' || file.want === undefined) continue;
      if (isBulkWorthIt && fetch.stage.arrived(file.key, file.want, index) !== undefined) continue;
      retries += 1;
      if (!isBulkWorthIt || retries <= RETRIES) yield task;
    }
  }
}

interface Task {
  /** Of the line in the plan. */
  readonly index: number;
  readonly file: PlannedFile;
}

async function* tasks(planned: Spool): AsyncGenerator<Task> {
  let index = 0;
  for await (const file of readPlan<PlannedFile>(planned.lines())) {
    yield { index, file };
    index += 1;
  }
}

/** A prefix with wildcards would make a pattern of itself. */
function cannotExclude(prefix: string, unsafe: number): boolean {
  return hasWildcards(prefix) && unsafe > 0;
}

async function fetchInBulk(fetch: Fetch, planned: Spool, hasUnsafe: boolean): Promise<void> {
  const { aws, key, prefix, stage, log } = fetch;
  for await (const { key: name, unwanted } of readPlan<PlannedFile>(planned.lines())) {
    if (unwanted !== undefined) stage.keepOut(name, unwanted);
  }
  const exclude = [...(prefix === '' ? [`${RESERVED_PREFIX}*`] : []), ...(hasUnsafe ? UNSAFE_KEYS : [])];
  const args = downloadAll({ bucket: aws.bucket, key: prefix }, stage.bulk, exclude);
  let isSingle = false;
  const answer = await aws.run(args, {
    key,
    output: async (stdout) => {
      for await (const line of splitLines(stdout, /[\r\n]+/)) {
        if (line.startsWith('Completed ')) log.progress(line.trim());
      }
    },
    onErrorLine: (line) => {
      isSingle ||= /^(aws: \[(WARNING|ERROR)\]: )?(download failed|warning): /i.test(line);
      log.info(line);
    },
  });
  log.progress(undefined);
  if (answer.exitCode === 0) return;
  const kind = kindOfAwsError(answer.stderr);
  const isFatal = /^fatal error: /m.test(answer.stderr) || kind === 'disk-full' || kind === 'unreachable';
  if (!isSingle || isFatal) throw aws.errorOf(args, answer);
}

async function fetchSingly(
  { aws, key, prefix, stage, log }: Fetch,
  { index, file: { key: name, want } }: Task,
  reasons: Map<number, string>,
  progress: { done: number; readonly all: number },
): Promise<void> {
  const object = { bucket: aws.bucket, key: prefix + textOf(name), versionId: want?.versionId };
  const args = download(object, stage.single(index));
  const answer = await aws.run(args, { key });
  progress.done += 1;
  log.progress(`${progress.done} of ${progress.all} files by themselves`);
  if (answer.exitCode === 0) return;
  if (!SINGLE_KINDS.has(kindOfAwsError(answer.stderr))) throw aws.errorOf(args, answer);
  log.info(`${s3Url(object)}: ${answer.stderr}`);
  reasons.set(index, reasonOf(answer));
}

function reasonOf(answer: AwsAnswer): string {
  return kindOfAwsError(answer.stderr) === 'not-found'
    ? 'it is not in the bucket any more'
    : 'S3 refuses it, as it does what was stored with another key';
}

/** Works on `items`, as many at a time as there are processors; all have ended when it returns or throws. */
async function pool<T>(items: AsyncGenerator<T>, work: (item: T) => Promise<void>): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (failure === undefined) {
      const { value, done } = await items.next();
      if (done) return;
      try {
        await work(value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  await items.return(undefined);
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
