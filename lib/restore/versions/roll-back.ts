// Carries out a rollback, in the order that leaves the bucket in a known state wherever it is interrupted.
import { s3Url } from '../../aws/arguments/object-arguments.js';
import { BackupError, describeError } from '../../cli/errors.js';
import { Journal } from '../../records/journal.js';
import type { StateFolder } from '../../records/state-folder.js';
import { storeLastRun } from '../../records/store.js';
import { writeNewFile } from '../../tree/disk/trust/write-file.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { LocalTree } from '../plan/find-tree.js';
import { type RemovalWords, removeAll } from './remove-versions.js';
import type { Removal, Rollback } from './rollback-plan.js';
import { recordOfParts, recordOfThen } from './rollback-records.js';

export interface PlannedRollback extends Rollback {
  readonly state: StateFolder;
  /** The tree of that time; `undefined` for a backup of the original scripts. */
  readonly tree: LocalTree | undefined;
  /**
   * The removals of records and trees. They go first, so that nothing has changed if this user may not remove versions.
   */
  readonly records: readonly Removal[];
  /** The removals of files, as lines of `Removal`. */
  readonly files: Spool;
}

/**
 * Carries out the plan. Before the first removal, the plan is on disk as the list of removals, and the journal tells
 * the next run to compare everything.
 * @param list the path of the list to write
 * @returns how many keys the server refused to roll back; each is reported
 * @throws {BackupError} if this user may not remove versions, the list can't be written, or a request failed as a whole
 */
export async function rollBack(rollback: PlannedRollback, list: string): Promise<number> {
  const { state, tree, wanted, records, files } = rollback;
  const partly = wanted.areAll ? undefined : await recordOfParts(rollback, state, tree);
  await writeList(rollback, list);
  // The uploads of an unfinished run may be gone, too.
  if (state.journal !== undefined) await new Journal(state.journal, []).begin();
  const words: RemovalWords = {
    done: (url, versionId) =>
      versionId === undefined ? `Deleted: ${url}` : `Removed: ${url} (version ${versionId})`,
    refused: 'could not be rolled back',
  };
  const recordsLeft = await removeAll(rollback, records, state.runFolder, words);
  const record = wanted.areAll ? await recordOfThen(rollback) : partly;
  if (record !== undefined) await storeLastRun(rollback, state, record.facts, record.tree);
  const filesLeft = await removeAll(rollback, flatten(readJson<Removal>(files)), state.runFolder, words);
  return recordsLeft + filesLeft;
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
    throw new BackupError(`Can't write the list of removals to "${list}": ${describeError(error)}.`, {
      hint: 'Nothing was changed. Give a new file with --list FILE.',
    });
  }
}
