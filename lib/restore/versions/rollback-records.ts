// The records and trees of the runs since the time of a rollback, which describe versions that are gone. A rollback of
// everything removes them; a rollback of some paths replaces the last record by one with a correct tree.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { listVersions } from '../../aws/version-listing.js';
import { BackupError } from '../../cli/errors.js';
import { fetchLastRun, type LastRun, RECORD, runFolderKey, TREE } from '../../records/last-run.js';
import { fetchTree } from '../../records/last-tree.js';
import type { StateFolder } from '../../records/state-folder.js';
import type { RecordedTree } from '../../records/store.js';
import { textOf } from '../../tree/bytes.js';
import { emptyStream, flatten } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { entryOfLine, openTree, treeLine } from '../../tree/tree-file.js';
import { TreeWriter } from '../../tree/tree-writer.js';
import type { LocalTree } from '../plan/find-tree.js';
import { type Removal, type Rollback, removalOf } from './rollback-plan.js';

/**
 * The versions of records and trees to remove.
 * @throws {BackupError} if another backup is below this one: its records would be wrong
 */
export async function planRecords({ aws, prefix, wanted, time }: Rollback): Promise<readonly Removal[]> {
  const folder = runFolderKey(prefix);
  const removals: Removal[] = [];
  await listVersions(aws, folder, async (versions) => {
    for await (const version of versions) {
      const { key } = version;
      const isCurrent = version.isLatest && version.size !== undefined;
      if (isCurrent && key.endsWith(`/${RECORD}`))
        throw backupBelowError(prefix + textOf(key).slice(0, -RECORD.length));
      const isRecord = `${key}` === RECORD;
      const goes = wanted.areAll
        ? (isRecord || `${key}` === TREE) && version.lastModified > time
        : isRecord && isCurrent;
      if (goes) removals.push(removalOf(folder + textOf(key), version));
    }
  });
  return removals;
}

function backupBelowError(prefix: string): BackupError {
  return new BackupError(`Another backup, of the prefix "${prefix}", is below this one.`, {
    hint: `Give each a REMOTE_DIR_PREFIX that is not the beginning of another one. If that backup is abandoned, delete ${runFolderKey(prefix)}${RECORD} in the bucket.`,
  });
}

/**
 * A record for the time after a rollback. It says that something is left undone, so the next run compares everything.
 */
interface AmendedRecord {
  readonly facts: Omit<LastRun, 'treeSha256'>;
  readonly tree: RecordedTree;
}

/** Its new run id invalidates another machine's journal of an unfinished run. */
function amended(lastRun: LastRun): LastRun {
  return { ...lastRun, runId: randomUUID(), isIncomplete: true };
}

/**
 * The record of that time, which is the last one after the newer ones were removed.
 * @returns `undefined` if there was none
 */
export async function recordOfThen(rollback: Rollback): Promise<AmendedRecord | undefined> {
  const lastRun = await fetchLastRun(rollback);
  return lastRun && { facts: amended(lastRun), tree: { sha256: lastRun.treeSha256 } };
}

/**
 * The last run's record, with a tree that has the wanted entries as they were then, and all others as they are now.
 * @returns `undefined` if there is no record, or no tree of it
 */
export async function recordOfParts(
  rollback: Rollback,
  state: StateFolder,
  tree: LocalTree | undefined,
): Promise<AmendedRecord | undefined> {
  const { wanted } = rollback;
  const lastRun = await fetchLastRun(rollback);
  const treeNow = lastRun && (await fetchTree(rollback, state, lastRun));
  if (lastRun === undefined || treeNow === undefined) return undefined;
  const now = await openTree(treeNow, treeLine);
  const then = tree?.folder === '' ? await openTree(tree.file, treeLine) : undefined;
  const header = {
    ...now,
    runId: randomUUID(),
    started: new Date().toISOString(),
    hasAcls: now.hasAcls === true && then?.hasAcls !== false,
  };
  const file = join(state.runFolder, 'tree');
  const writer = new TreeWriter(file, header);
  try {
    for await (const [before, after] of flatten(mergeByKey(then?.entries ?? emptyStream(), now.entries))) {
      const line = wanted.match((before ?? after).key) ? before : after;
      if (line !== undefined) await writer.write(entryOfLine(line), line.line);
    }
    const totals = await writer.close();
    return { facts: { ...amended(lastRun), totals }, tree: { file } };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
