// Fetches the planned files into the stage: most of them in bulk, others singly at the same time, and then those that
// did not arrive.
import { availableParallelism } from 'node:os';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { flatten, mapEach } from '../tree/streams/batches.js';
import { readJson } from '../tree/streams/spool.js';
import type { FetchContext } from './fetch/fetch-call.js';
import { canExcludeUnsafe, fetchInBulk } from './fetch/in-bulk.js';
import { type FetchFailure, SingleFetches } from './fetch/singly.js';
import type { PlannedFile } from './plan/planned-file.js';
import type { RestoreSurvey } from './survey.js';

/**
 * @returns why files did not arrive, as far as that is known, by their numbers in the plan
 * @throws {AwsError} for a failure that concerns every file; files that have arrived stay for the next restore
 */
export async function fetchPlanned(
  fetch: FetchContext,
  survey: RestoreSurvey,
): Promise<ReadonlyMap<number, FetchFailure>> {
  try {
    return await fetchAll(fetch, survey);
  } catch (error) {
    const { name } = fetch.stage.held;
    fetch.log.info(`What has arrived stays in "${name}": the same restore continues from there.`);
    throw error;
  } finally {
    fetch.log.progress(undefined);
  }
}

async function fetchAll(
  fetch: FetchContext,
  { plan, totals }: RestoreSurvey,
): Promise<ReadonlyMap<number, FetchFailure>> {
  const { counts } = totals;
  // For a few files, single calls take less time than the listing and comparison in bulk.
  const usesBulk = counts['in bulk'] > availableParallelism() && canExcludeUnsafe(fetch.prefix, totals);
  const singles = new SingleFetches(fetch, counts.singly + (usesBulk ? 0 : counts['in bulk']));
  const filesWhere = (isWanted: (file: PlannedFile) => boolean) =>
    flatten(mapEach(readJson<PlannedFile>(plan), (file) => (isWanted(file) ? file : undefined)));

  if (!usesBulk) {
    await singles.fetchAll(filesWhere(({ method }) => method === 'singly' || method === 'in bulk'));
  } else {
    let hasBulkFailed = false;
    singles.showsProgress = false;
    const bulk = fetchInBulk(fetch, plan, totals)
      .catch((error: unknown) => {
        hasBulkFailed = true;
        throw error;
      })
      .finally(() => {
        singles.showsProgress = true;
      });
    const beside = singles.fetchAll(filesWhere(({ method }) => method === 'singly' && !hasBulkFailed));
    await allSettledOrThrow(bulk, beside);
    const isMissing = (file: PlannedFile) =>
      file.method === 'in bulk' && fetch.stage.findArrived(file) === undefined;
    await singles.fetchMissing(filesWhere(isMissing));
  }
  return singles.failures;
}
