// The tree file that has the metadata of the folder to restore: that of the backup at or above the folder's prefix.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { download, IN_UTC } from '../../aws/arguments/download-arguments.js';
import { kindOfAwsError } from '../../aws/error-kinds.js';
import { listPrefix } from '../../aws/listing.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { causeOfRefusal } from '../../aws/wrong-key.js';
import { BackupError } from '../../cli/errors.js';
import { formatTime } from '../../cli/units/times.js';
import { RUNS_PREFIX, runFolderKey, TREE } from '../../records/last-run.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { parseOwnedEntry } from '../../tree/entry-line.js';
import { type Batches, flatten, mapEach } from '../../tree/streams/batches.js';
import { openTree } from '../../tree/tree-file.js';
import { otherKeyError } from '../other-key-error.js';
import type { RestoreScope } from '../scope.js';
import { versionsAt } from '../versions/version-at.js';

interface StoredTree {
  /** In the bucket. */
  readonly key: string;
  /** `undefined`: the current one. */
  readonly version?: ObjectVersion;
  /** The path in the tree of the folder to restore: '' or ends in a `/`. */
  readonly folder: Bytes;
}

/** A tree file on this disk. */
export interface LocalTree {
  readonly file: string;
  /** The path in it of the folder to restore: '' or ends in a `/`. */
  readonly folder: Bytes;
  /** When its run stored it; milliseconds since the epoch. */
  readonly stored: number;
}

/**
 * Downloads the tree file of the last run, or of the last one that ended by `scope.time`.
 * @param notes the folder of ours where it is put
 * @returns `undefined` if no backup has left one: the original scripts leave none
 * @throws {BackupError} if all of them are newer than that; with exit code 5 if it was stored with another key
 */
export async function fetchTreeAt(scope: RestoreScope, notes: string): Promise<LocalTree | undefined> {
  const { prefix, backupPrefix, time } = scope;
  if (time === undefined) {
    const folder = bytesOf(prefix.slice(backupPrefix.length));
    const tree = await fetchTree(scope, { key: runFolderKey(backupPrefix) + TREE, folder }, notes);
    if (tree !== undefined) return tree;
  }
  const stored = time === undefined ? await findCurrentTree(scope) : await findTreeAt(scope, time);
  return stored && fetchTree(scope, stored, notes);
}

/**
 * The entries below the folder to restore, their keys relative to it, in order.
 * @throws {DamagedTreeError} at the end, at the latest, of a torn file
 * @throws {BackupError} if a later version of this program wrote it
 */
export async function* entriesBelow({ file, folder }: Pick<LocalTree, 'file' | 'folder'>): Batches<Entry> {
  const { entries } = await openTree(file, parseOwnedEntry);
  yield* mapEach(entries, (entry) => {
    if (!entry.key.startsWith(folder) || entry.key === folder) return undefined;
    return folder === '' ? entry : { ...entry, key: entry.key.slice(folder.length) as Bytes };
  });
}

async function findCurrentTree({ aws, prefix }: RestoreScope): Promise<StoredTree | undefined> {
  const trees: StoredTree[] = [];
  await listPrefix(aws, RUNS_PREFIX, async (objects) => {
    for await (const { key } of flatten(objects)) trees.push(...treeAbove(key, prefix));
  });
  return nearest(trees);
}

/** @throws {BackupError} if there are trees, but none as old as `time` */
async function findTreeAt({ aws, prefix }: RestoreScope, time: number): Promise<StoredTree | undefined> {
  const trees: StoredTree[] = [];
  let oldest: number | undefined;
  await listVersions(aws, RUNS_PREFIX, async (versions) => {
    const versionsOfTrees = (async function* () {
      for await (const version of versions) {
        if (version.size === undefined || treeAbove(version.key, prefix).length === 0) continue;
        oldest = Math.min(oldest ?? version.lastModified, version.lastModified);
        yield version;
      }
    })();
    for await (const { key, was } of versionsAt(versionsOfTrees, time)) {
      if (was !== undefined) trees.push(...treeAbove(key, prefix, was));
    }
  });
  if (trees.length === 0 && oldest !== undefined) throw tooEarlyError(time, oldest);
  return nearest(trees);
}

/**
 * The tree at `key`, if it is that of a backup at or above the folder to restore; otherwise nothing.
 * @param key relative to `RUNS_PREFIX`
 */
function treeAbove(key: Bytes, prefix: string, version?: ObjectVersion): StoredTree[] {
  const folder = bytesOf(prefix);
  const backup = key.endsWith(TREE) ? key.slice(0, -TREE.length) : undefined;
  if (backup === undefined || !(backup === '' || backup.endsWith('/'))) return [];
  if (!folder.startsWith(backup)) return [];
  const inTree = folder.slice(backup.length) as Bytes;
  return [{ key: RUNS_PREFIX + textOf(key), folder: inTree, ...(version && { version }) }];
}

/** Of the backup with the longest prefix. */
function nearest(trees: readonly StoredTree[]): StoredTree | undefined {
  return [...trees].sort((a, b) => a.folder.length - b.folder.length)[0];
}

export function tooEarlyError(time: number, oldest: number): BackupError {
  return new BackupError(`The bucket has nothing as old as ${formatTime(time)}.`, {
    hint: `The oldest possible time is --at "${formatTime(oldest)}". The bucket's lifecycle rule has removed older versions, or there were none.`,
  });
}

/** @returns `undefined` if it is not in the bucket */
async function fetchTree(
  scope: RestoreScope,
  { key, version, folder }: StoredTree,
  notes: string,
): Promise<LocalTree | undefined> {
  const { aws, encryptionKey } = scope;
  const file = join(notes, 'tree.ndjson.gz');
  const object = { bucket: aws.bucket, key, versionId: version?.versionId };
  const args = download(object, file);
  const answer = await aws.run(args, { encryptionKey, environment: IN_UTC });
  // `aws s3 cp` gives the file the time of the object.
  if (answer.exitCode === 0) return { file, folder, stored: version?.lastModified ?? statSync(file).mtimeMs };
  if (kindOfAwsError(answer.stderr) === 'not-found') return undefined;
  const cause = await causeOfRefusal(scope, object, args, answer);
  throw cause === 'wrong key' ? otherKeyError(object) : cause;
}
