// Plans a rollback: for each wanted key, the versions to remove so that the version of a point in time is current
// again.
import { RESERVED_PREFIX } from '../../aws/listing.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { Incomplete } from '../../cli/log/incomplete.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { type Batches, emptyStream } from '../../tree/streams/batches.js';
import { mergeByKey, type Pair } from '../../tree/streams/merge.js';
import type { Spool } from '../../tree/streams/spool.js';
import { entriesBelow, type LocalTree } from '../plan/find-tree.js';
import type { RestoreScope } from '../scope.js';
import { Selection } from '../selection.js';
import { groupByKey, type KeyVersions, versionAt } from './version-at.js';
import type { WantedPaths } from './wanted-paths.js';

export interface Rollback extends RestoreScope {
  readonly time: number;
  readonly wanted: WantedPaths;
}

/** A line of the plan, and of the list of removals. */
export interface Removal {
  /** The whole key, as text. */
  readonly key: string;
  /** The version or delete marker to remove; without it, the key gets a delete marker. */
  readonly versionId?: string;
  /** Bytes; `undefined` for a delete marker. */
  readonly size?: number;
  /** ISO 8601. */
  readonly stored?: string;
}

export interface RollbackTotals {
  /** Keys whose current version changes. */
  keys: number;
  versions: number;
  /** The bytes of the versions. */
  bytes: number;
  markers: number;
  /** Keys that get a delete marker, since they did not exist at that time. */
  deleted: number;
}

interface KeyHistory {
  /** The versions after the point in time, the newest first. */
  readonly newer: readonly ObjectVersion[];
  /** The newest version that is not after it; it may be a delete marker. */
  readonly was: ObjectVersion | undefined;
}

export type RollbackAction =
  /** The newer versions are removed. */
  | 'roll back'
  /** The key did not exist at that time: a delete marker hides its versions, which are kept. */
  | 'delete'
  /** Nothing is newer, or the key is deleted as it was then. */
  | 'nothing'
  /** Nothing: the tree of that time has the file, but the bucket no longer has that version. */
  | 'expired'
  /** Nothing: all versions are newer, and without a tree it is unknown whether the file existed. */
  | 'undecided';

const WHY_LEFT = {
  expired: 'its version of that time has expired',
  undecided: 'all its versions are newer, and no tree shows whether it existed at that time',
} as const;

/**
 * Newer versions are removed only if an older one takes their place: otherwise they may be all that is left of the
 * file.
 * @param entry of the tree of that time
 */
export function actionFor(
  history: KeyHistory | undefined,
  entry: Pick<Entry, 'type'> | undefined,
  hasTree: boolean,
): RollbackAction {
  const wasFile = entry?.type === 'file';
  if (history === undefined) return wasFile ? 'expired' : 'nothing';
  const { newer, was } = history;
  if (newer.length === 0) return 'nothing';
  if (was !== undefined) return 'roll back';
  if (wasFile) return 'expired';
  if (!hasTree) return 'undecided';
  return newer[0]?.size === undefined ? 'nothing' : 'delete';
}

/**
 * Writes the removals as lines of `Removal`, and closes the spool. Reports the files that are left as they are.
 * @param tree of that time
 * @returns the totals, and how many files are left
 * @throws {AwsError} if the listing failed
 */
export async function planRollback(
  rollback: Rollback,
  tree: LocalTree | undefined,
  removals: Spool,
): Promise<{ readonly totals: RollbackTotals; readonly left: number }> {
  const { aws, prefix, wanted, time, log } = rollback;
  const totals = { keys: 0, versions: 0, bytes: 0, markers: 0, deleted: 0 };
  const incomplete = new Incomplete(log);
  const { commonPrefix } = wanted;
  await listVersions(aws, prefix + commonPrefix, async (listed) => {
    const inBucket = withWholeKeys(listed, bytesOf(commonPrefix));
    const inTree = tree ? entriesBelow(tree, new Selection({})) : emptyStream();
    for await (const pairs of mergeByKey(inBucket, inTree)) for (const pair of pairs) add(...pair);
  });
  removals.close();
  incomplete.close();
  return { totals, left: incomplete.count };

  function add(...[stored, entry]: Pair<KeyVersions, Entry>): void {
    const { key } = stored ?? entry;
    if ((prefix === '' && key.startsWith(RESERVED_PREFIX)) || !wanted.match(key)) return;
    const history = stored && historyAt(stored.versions, time);
    const action = actionFor(history, entry, tree !== undefined);
    if (action === 'expired' || action === 'undecided') {
      incomplete.add(`"${textOf(key)}" is left as it is: ${WHY_LEFT[action]}.`);
    }
    const newer = action === 'roll back' ? (history?.newer ?? []) : [];
    for (const version of newer) {
      removals.write(JSON.stringify(removalOf(prefix + textOf(key), version)));
      if (version.size === undefined) totals.markers += 1;
      else totals.versions += 1;
      totals.bytes += version.size ?? 0;
    }
    if (action === 'delete') {
      removals.write(JSON.stringify({ key: prefix + textOf(key) } satisfies Removal));
      totals.deleted += 1;
    }
    if (action === 'roll back' || action === 'delete') totals.keys += 1;
  }
}

/** @param key the whole one, as text */
export function removalOf(key: string, { versionId, size, lastModified }: ObjectVersion): Removal {
  const stored = new Date(lastModified).toISOString();
  return { key, versionId, ...(size === undefined ? {} : { size }), stored };
}

function historyAt(versions: readonly ObjectVersion[], time: number): KeyHistory {
  const was = versionAt(versions, time);
  return { newer: was === undefined ? versions : versions.slice(0, versions.indexOf(was)), was };
}

/** @param beginning of the keys, which the listed ones lack */
async function* withWholeKeys(listed: AsyncIterable<ObjectVersion>, beginning: Bytes): Batches<KeyVersions> {
  for await (const { key, versions } of groupByKey(listed))
    yield [{ key: (beginning + key) as Bytes, versions }];
}
