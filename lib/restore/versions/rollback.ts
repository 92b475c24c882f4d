// Rolls back: removes what the plan names. Before the first removal, the plan is on disk, as the list of what was
// removed, and the next run knows that it has to compare everything.
import { closeSync, fsyncSync, writeSync } from 'node:fs';
import { s3Url } from '../../aws/arguments/object-arguments.js';
import { explainDenial } from '../../aws/aws-error.js';
import { type Deletion, deleteAll } from '../../aws/batch-deletion.js';
import { BackupError, describeError } from '../../cli/errors.js';
import { Incomplete } from '../../cli/log/incomplete.js';
import { Journal } from '../../records/journal.js';
import { storeLastRun } from '../../records/last-run.js';
import type { StateFolder } from '../../records/state-folder.js';
import { createPrivateFile } from '../../tree/disk/trusted-place.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { LocalTree } from '../plan/find-tree.js';
import { DENIAL } from './delete-markers.js';
import type { Removal, Rollback } from './rollback-plan.js';
import { recordOfParts, recordOfThen } from './rollback-records.js';

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
    await removeAll(rollback, oneByOne(records), incomplete);
    const record = wanted.areAll ? await recordOfThen(rollback) : partly;
    if (record !== undefined) await storeLastRun(rollback, state, record.facts, record.tree);
    await removeAll(rollback, flatten(readJson<Removal>(files)), incomplete);
  });
  incomplete.close();
  return incomplete.count;
}

/** Of this user alone, and on disk when it returns. @throws {BackupError} */
async function writeList(
  { records, files, time, aws, prefix }: PlannedRollback,
  list: string,
): Promise<void> {
  const about = { rollback: s3Url({ bucket: aws.bucket, key: prefix }), to: new Date(time).toISOString() };
  try {
    const descriptor = createPrivateFile(list);
    try {
      for (const line of [about, ...records]) writeSync(descriptor, `${JSON.stringify(line)}\n`);
      for await (const lines of files.lines())
        writeSync(descriptor, [...lines].map((it) => `${it}\n`).join(''));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(
      `The list of what is removed can't be written to "${list}": ${describeError(error)}.`,
      {
        hint: 'Nothing was changed. Name a new file with --list FILE.',
      },
    );
  }
}

async function removeAll(
  { aws, state, log }: PlannedRollback,
  removals: AsyncIterable<Deletion>,
  incomplete: Incomplete,
): Promise<void> {
  let removed = 0;
  for await (const { key, versionId, refusal } of deleteAll(aws, removals, state.runFolder)) {
    const what = `${s3Url({ bucket: aws.bucket, key })}${versionId === undefined ? '' : ` (version ${versionId})`}`;
    if (refusal === undefined) {
      removed += 1;
      log.info(`${versionId === undefined ? 'Deleted' : 'Removed'}: ${what}`);
      continue;
    }
    // The server would refuse the rest as well.
    if (refusal.lacksPermission && removed === 0) {
      throw new BackupError(`${what} could not be removed: ${refusal.why}.`, { hint: DENIAL });
    }
    incomplete.addFailure(what, 'could not be removed', refusal.why, key);
    incomplete.addHint(refusal.lacksPermission ? DENIAL : refusal.hint);
  }
}

async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
