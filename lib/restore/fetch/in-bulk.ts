// Fetches all current files below the folder by one `aws s3 sync`.
import { downloadAll } from '../../aws/arguments/download-arguments.js';
import { splitLines } from '../../aws/child-output.js';
import { RESERVED_PREFIX } from '../../aws/listing.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import { UNSAFE_KEYS } from '../destination/safe-key.js';
import type { PlanTotals } from '../plan/plan.js';
import type { PlannedFile } from '../plan/planned-file.js';
import { type FetchContext, runFetch, stopsRestore } from './fetch-call.js';

/** A line that the AWS CLI writes about one file. */
const ABOUT_ONE_FILE = /^(aws: \[(WARNING|ERROR)\]: )?(download failed|warning): /i;

/** False if unsafe keys can't be excluded, since `--exclude` would interpret wildcards in the prefix. */
export function canExcludeUnsafe(prefix: string, { counts }: PlanTotals): boolean {
  return counts.unsafe === 0 || !/[*?[]/.test(prefix);
}

/**
 * Downloads into the stage's bulk folder. Failures of single files are only logged; later steps notice that these files
 * have not arrived.
 * @param plan lines of `PlannedFile`
 * @throws {AwsError} if the call failed as a whole
 */
export async function fetchInBulk(fetch: FetchContext, plan: Spool, { counts }: PlanTotals): Promise<void> {
  const { aws, prefix, stage, log } = fetch;
  await prepareBulkFolder(fetch, plan);
  const exclude = [
    ...(prefix === '' ? [`${RESERVED_PREFIX}*`] : []),
    ...(counts.unsafe === 0 ? [] : UNSAFE_KEYS),
  ];
  const args = downloadAll({ bucket: aws.bucket, key: prefix }, stage.bulk.path, exclude);
  let haveFilesFailed = false;
  const answer = await runFetch(fetch, args, {
    output: async (stdout) => {
      for await (const line of splitLines(stdout, /[\r\n]+/)) {
        if (line.startsWith('Completed ')) log.progress(line.trim());
      }
    },
    onErrorLine: (line) => {
      haveFilesFailed ||= ABOUT_ONE_FILE.test(line);
      log.info(stage.held.nameInMessage(line));
    },
  });
  log.progress(undefined);
  if (answer.exitCode === 0) return;
  const isFatal = /^fatal error: /m.test(answer.stderr) || stopsRestore(answer.stderr);
  if (isFatal || !haveFilesFailed) throw aws.errorOf(args, answer);
}

async function prepareBulkFolder({ stage: { bulk } }: FetchContext, plan: Spool): Promise<void> {
  for await (const { key, method, wanted, currentSize } of flatten(readJson<PlannedFile>(plan))) {
    if (method === 'in bulk' && wanted !== undefined) bulk.removeStale(key, wanted);
    else if (currentSize !== undefined) bulk.writePlaceholder(key, currentSize);
  }
}
