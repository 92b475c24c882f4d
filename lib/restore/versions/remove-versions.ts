// Removes versions and delete markers: what an undeletion has found, or what a rollback has planned. Nothing else in a
// restore changes the bucket.
import { s3Url } from '../../aws/arguments/object-arguments.js';
import { explainDenial } from '../../aws/aws-error.js';
import { type Deletion, type DeletionResult, deleteAll } from '../../aws/deletions.js';
import { BackupError, describeError } from '../../cli/errors.js';
import { Incomplete } from '../../cli/log/incomplete.js';
import { Journal } from '../../records/journal.js';
import type { StateFolder } from '../../records/state-folder.js';
import { storeLastRun } from '../../records/store.js';
import { writeNewFile } from '../../tree/disk/write-file.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { LocalTree } from '../plan/find-tree.js';
import { readDeleted, type Undeletion } from './delete-markers.js';
import type { Removal, Rollback } from './rollback-plan.js';
import { recordOfParts, recordOfThen } from './rollback-records.js';

/** A hint for a user who may remove no versions. */
const DENIAL =
  "The profile's user lacks s3:DeleteObjectVersion, which the backup's own user should not have: without it, nobody can destroy the history. Use an administrator's profile: --profile PROFILE.";

/**
 * Removes the delete markers of the spool, and names what the server refuses.
 * @returns how many keys are current again, and how many are not
 * @throws {BackupError} if this user may remove none, or a request failed as a whole
 */
export async function removeMarkers(
  undeletion: Undeletion,
  deleted: Spool,
): Promise<{ readonly undeleted: number; readonly refused: number }> {
  const { notes, log } = undeletion;
  const markers = (async function* () {
    for await (const { key, markers } of readDeleted(deleted))
      for (const versionId of markers) yield { key, versionId };
  })();
  const incomplete = new Incomplete(log);
  const refused = new Set<string>();
  await explainDenial(DENIAL, async () => {
    for await (const { key, versionId, url, refusal } of removeAll(
      undeletion,
      markers,
      notes,
      'Nothing was undeleted',
    )) {
      if (refusal === undefined) {
        log.info(`Undeleted: ${url} (delete marker ${versionId})`);
        continue;
      }
      if (!refused.has(key)) incomplete.addFailure(url, 'is still deleted', refusal.why, key);
      incomplete.addHint(refusal.hint);
      refused.add(key);
    }
  });
  incomplete.close();
  return { undeleted: deleted.count - refused.size, refused: refused.size };
}

export interface PlannedRollback extends Rollback {
  readonly state: StateFolder;
  /** Of that time; `undefined`: the original scripts have made the backup. */
  readonly tree: LocalTree | undefined;
  /** Of records and trees. They go first: if this user may remove no versions, nothing has changed. */
  readonly records: readonly Removal[];
  /** Of files, as lines of `Removal`. */
  readonly files: Spool;
}

/**
 * Removes what the plan names. Before the first removal, the plan is on disk, as the list of what was removed, and the next
 * run knows that it has to compare everything.
 * @param list the path of the list to write
 * @returns how many removals the server has refused; each is named
 * @throws {BackupError} if this user may remove none, the list can't be written, or a request failed as a whole
 */
export async function rollBack(rollback: PlannedRollback, list: string): Promise<number> {
  const { state, tree, wanted, records, files, log } = rollback;
  const partly = wanted.areAll ? undefined : await recordOfParts(rollback, state, tree);
  await writeList(rollback, list);
  // What an unfinished run has sent, too, may be gone.
  if (state.unfinished !== undefined) await new Journal(state.unfinished, []).begin();
  const incomplete = new Incomplete(log);
  await explainDenial(DENIAL, async () => {
    await removePlanned(rollback, oneByOne(records), incomplete);
    const record = wanted.areAll ? await recordOfThen(rollback) : partly;
    if (record !== undefined) await storeLastRun(rollback, state, record.facts, record.tree);
    await removePlanned(rollback, flatten(readJson<Removal>(files)), incomplete);
  });
  incomplete.close();
  return incomplete.count;
}

/** @throws {BackupError} */
async function writeList(
  { records, files, time, aws, prefix }: PlannedRollback,
  list: string,
): Promise<void> {
  const about = { rollback: s3Url({ bucket: aws.bucket, key: prefix }), to: new Date(time).toISOString() };
  try {
    await writeNewFile(list, async (append) => {
      for (const line of [about, ...records]) append(`${JSON.stringify(line)}\n`);
      for await (const lines of files.lines()) append([...lines].map((it) => `${it}\n`).join(''));
    });
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(
      `The list of what is removed can't be written to "${list}": ${describeError(error)}.`,
      { hint: 'Nothing was changed. Name a new file with --list FILE.' },
    );
  }
}

async function removePlanned(
  rollback: PlannedRollback,
  removals: AsyncIterable<Removal>,
  incomplete: Incomplete,
): Promise<void> {
  const { state, log } = rollback;
  for await (const { key, versionId, url, refusal } of removeAll(
    rollback,
    removals,
    state.runFolder,
    'The rollback has stopped',
  )) {
    const what = versionId === undefined ? url : `${url} (version ${versionId})`;
    if (refusal === undefined) {
      log.info(`${versionId === undefined ? 'Deleted' : 'Removed'}: ${what}`);
      continue;
    }
    incomplete.addFailure(what, 'could not be removed', refusal.why, key);
    incomplete.addHint(refusal.hint);
  }
}

/**
 * @param consequence of a refusal, in words that begin a sentence
 * @throws {BackupError} if this user may remove none: the server would refuse the rest as well
 */
async function* removeAll(
  { aws }: Pick<Undeletion, 'aws'>,
  removals: AsyncIterable<Deletion>,
  folder: string,
  consequence: string,
): AsyncGenerator<DeletionResult & { readonly url: string }> {
  let removed = 0;
  for await (const result of deleteAll(aws, removals, folder)) {
    const { refusal } = result;
    const url = s3Url({ bucket: aws.bucket, key: result.key });
    if (refusal === undefined) removed += 1;
    else if (refusal.lacksPermission && removed === 0)
      throw new BackupError(`${consequence}: ${url}: ${refusal.why}.`, { hint: DENIAL });
    const hint = refusal?.lacksPermission ? DENIAL : refusal?.hint;
    yield { ...result, url, ...(refusal && { refusal: { ...refusal, hint } }) };
  }
}

async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
