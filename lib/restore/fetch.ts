// Brings the files of a plan into the stage: most of them by one call of the AWS CLI, beside it older versions by a
// call each, as many at once as there are processors, and then what did not arrive.
import { availableParallelism } from 'node:os';
import { download, downloadAll, IN_UTC } from '../aws/arguments/download-arguments.js';
import { s3Url } from '../aws/arguments/object-arguments.js';
import type { AwsAnswer, AwsCall } from '../aws/aws-cli.js';
import type { AwsError } from '../aws/aws-error.js';
import { splitLines } from '../aws/child-output.js';
import { concernsAllFiles } from '../aws/error-kinds.js';
import { RESERVED_PREFIX } from '../aws/listing.js';
import { causeOfRefusal } from '../aws/wrong-key.js';
import { allSettledOrThrow, forEachInPool } from '../cli/concurrency.js';
import { textOf } from '../tree/bytes.js';
import { flatten, mapEach } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';
import { UNSAFE_KEYS } from './destination/safe-key.js';
import type { Stage } from './destination/stage.js';
import type { PlanTotals } from './plan/plan.js';
import type { PlannedFile } from './plan/planned-file.js';
import type { RestoreScope } from './scope.js';

/** How many files that did not arrive in bulk are asked for once more. */
const RETRIES = 100;
export interface FetchContext extends RestoreScope {
  readonly stage: Stage;
}

/**
 * @returns why files did not arrive, by their lines in the plan, as far as it is known
 * @throws {AwsError} if the AWS CLI failed as a whole
 */
export async function fetchPlanned(
  fetch: FetchContext,
  planned: Spool,
  { counts }: PlanTotals,
): Promise<ReadonlyMap<number, string>> {
  const reasons = new Map<number, string>();
  // For a few files, the AWS CLI need not list and compare them all.
  const isBulkWorthIt =
    counts['in bulk'] > availableParallelism() && !cannotExclude(fetch.prefix, counts.unsafe);
  const all = isBulkWorthIt ? counts.singly : counts.singly + counts['in bulk'];
  const progress = { done: 0, all, isShown: !isBulkWorthIt };
  const get = (due: AsyncGenerator<Task>) =>
    forEachInPool(due, (task) => fetchSingly(fetch, task, reasons, progress));
  let hasFailed = false;
  const bulk = async () => {
    try {
      if (isBulkWorthIt) await fetchInBulk(fetch, planned, counts.unsafe > 0);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
    progress.isShown = true;
  };
  await allSettledOrThrow(bulk(), get(singly()));
  if (isBulkWorthIt) await get(stragglers());
  fetch.log.progress(undefined);
  return reasons;

  async function* singly(): AsyncGenerator<Task> {
    for await (const task of tasks(planned)) {
      if (hasFailed) return;
      const { how } = task.file;
      if (how === 'singly' || (how === 'in bulk' && !isBulkWorthIt)) yield task;
    }
  }

  async function* stragglers(): AsyncGenerator<Task> {
    let retries = 0;
    for await (const task of tasks(planned)) {
      const { how, key, want } = task.file;
      if (how !== 'in bulk' || want === undefined) continue;
      if (fetch.stage.arrived(key, want, task.index) !== undefined) continue;
      retries += 1;
      if (retries <= RETRIES) yield task;
    }
  }
}

interface Task {
  /** Of the line in the plan. */
  readonly index: number;
  readonly file: PlannedFile;
}

function tasks(planned: Spool): AsyncGenerator<Task> {
  let index = -1;
  const all = mapEach(readJson<PlannedFile>(planned), (file) => {
    index += 1;
    return { index, file };
  });
  return flatten(all);
}

/** A prefix with wildcards would make a pattern of itself. */
function cannotExclude(prefix: string, unsafe: number): boolean {
  return /[*?[]/.test(prefix) && unsafe > 0;
}

async function fetchInBulk(fetch: FetchContext, planned: Spool, hasUnsafe: boolean): Promise<void> {
  const { aws, prefix, stage, log } = fetch;
  for await (const { index, file } of tasks(planned)) {
    const { key: name, how, want, unwanted } = file;
    if (how === 'in bulk' && want !== undefined) stage.makeRoom(name, want, index);
    if (unwanted !== undefined) stage.keepOut(name, unwanted);
  }
  const exclude = [...(prefix === '' ? [`${RESERVED_PREFIX}*`] : []), ...(hasUnsafe ? UNSAFE_KEYS : [])];
  const args = downloadAll({ bucket: aws.bucket, key: prefix }, stage.bulk, exclude);
  let isSingle = false;
  const answer = await run(fetch, args, {
    output: async (stdout) => {
      for await (const line of splitLines(stdout, /[\r\n]+/)) {
        if (line.startsWith('Completed ')) log.progress(line.trim());
      }
    },
    onErrorLine: (line) => {
      isSingle ||= /^(aws: \[(WARNING|ERROR)\]: )?(download failed|warning): /i.test(line);
      log.info(stage.opened.inWords(line));
    },
  });
  log.progress(undefined);
  if (answer.exitCode === 0) return;
  const isFatal = /^fatal error: /m.test(answer.stderr) || concernsAllFiles(answer.stderr);
  if (!isSingle || isFatal) throw aws.errorOf(args, answer);
}

async function fetchSingly(
  fetch: FetchContext,
  { index, file: { key: name, want } }: Task,
  reasons: Map<number, string>,
  progress: { done: number; readonly all: number; readonly isShown: boolean },
): Promise<void> {
  const { aws, prefix, stage, log } = fetch;
  const object = { bucket: aws.bucket, key: prefix + textOf(name), versionId: want?.versionId };
  const args = download(object, stage.single(index));
  const answer = await run(fetch, args);
  progress.done += 1;
  if (progress.isShown) log.progress(`${progress.done} of ${progress.all} files by themselves`);
  if (answer.exitCode === 0) return;
  stage.discard(index);
  if (concernsAllFiles(answer.stderr)) throw aws.errorOf(args, answer);
  const cause = await causeOfRefusal(fetch, object, args, answer);
  const isOtherKey = cause === 'wrong key';
  if (!isOtherKey && concernsAllFiles(cause.detail)) throw cause;
  log.info(`${s3Url(object)}: ${isOtherKey ? answer.stderr : cause.detail}`);
  reasons.set(index, isOtherKey ? 'it was stored with another key' : reasonOf(cause));
}

/** Has the AWS CLI write into the stage; its answer calls the stage by its name. */
async function run(
  { aws, encryptionKey, stage }: FetchContext,
  args: readonly string[],
  call?: AwsCall,
): Promise<AwsAnswer> {
  const answer = await aws.run(args, { ...call, encryptionKey, environment: IN_UTC });
  return { ...answer, stderr: stage.opened.inWords(answer.stderr) };
}

/** Words that end a sentence. */
function reasonOf({ kind, detail }: AwsError): string {
  if (kind === 'not-found') return 'it is not in the bucket any more';
  return detail.replace(/\.$/, '');
}
