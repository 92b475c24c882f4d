// Finds the tree file for the folder to restore: that of the backup at or above the folder's prefix.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { download, IN_UTC } from '../../aws/arguments/download-arguments.js';
import { kindOfAwsError } from '../../aws/errors/error-kinds.js';
import { listPrefix } from '../../aws/listing.js';
import { causeOfRefusal, otherKeyError } from '../../aws/sse-c/wrong-key.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { BackupError } from '../../cli/errors.js';
import { formatTime } from '../../cli/units/times.js';
import { RUNS_PREFIX, runFolderKey, TREE } from '../../records/last-run.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { parseOwnedEntry } from '../../tree/entry-line.js';
import { type Batches, flatten, mapEach } from '../../tree/streams/batches.js';
import { openTree, treeLine } from '../../tree/tree-file.js';
import type { RestoreScope } from '../scope.js';
import type { Selection } from '../selection.js';
import { groupByKey, versionAt } from '../versions/version-at.js';

interface StoredTree {
  /** Its key in the bucket. */
  readonly key: string;
  /** `undefined` for the current version. */
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

export interface FoundTree {
  /** `undefined` if no backup at or above the folder has one: the original scripts store none. */
  readonly tree: LocalTree | undefined;
  /** The prefixes of backups below the folder, whose trees don't fit it. Empty if there is a tree that fits. */
  readonly backupsBelow: readonly string[];
}

/**
 * Downloads the tree file of the last run, or of the last one that ended by `scope.time`.
 * @throws {BackupError} if all trees are newer than that time; with exit code 5 if it was stored with another key
 */
export async function fetchTreeAt(scope: RestoreScope, tempFolder: string): Promise<FoundTree> {
  const { prefix, backupPrefix, time } = scope;
  if (time === undefined) {
    const folder = bytesOf(prefix.slice(backupPrefix.length));
    const tree = await fetchStoredTree(scope, { key: runFolderKey(backupPrefix) + TREE, folder }, tempFolder);
    if (tree !== undefined) return { tree, backupsBelow: [] };
  }
  const { nearest, below } = await findStoredTrees(scope);
  const tree = nearest && (await fetchStoredTree(scope, nearest, tempFolder));
  return { tree, backupsBelow: tree === undefined ? below : [] };
}

/**
 * The entries below the folder that the selection wants, kept files included; keys are relative to the folder, and
 * sorted.
 * @throws {DamagedTreeError} if the file is torn, at its end at the latest
 * @throws {BackupError} if a later version of this program wrote it
 */
export async function* entriesBelow(
  { file, folder }: Pick<LocalTree, 'file' | 'folder'>,
  selection: Selection,
): Batches<Entry> {
  const { entries } = await openTree(file, parseOwnedEntry);
  const isBelow = ({ key }: Entry) => key.startsWith(folder) && key !== folder;
  const below = mapEach(entries, (entry) => (isBelow(entry) ? entry : undefined));
  yield* mapEach(selection.select(below), (entry) =>
    folder === '' ? entry : { ...entry, key: entry.key.slice(folder.length) as Bytes },
  );
}

/** Whether the tree has the folder itself, which may be empty. */
export async function hasFolder({ file, folder }: LocalTree): Promise<boolean> {
  const { entries } = await openTree(file, treeLine);
  for await (const { key } of flatten(entries)) if (key === folder) return true;
  return false;
}

/** @throws {BackupError} if backups at or above the folder have trees, but none as old as `scope.time` */
async function findStoredTrees({ aws, prefix, time }: RestoreScope): Promise<{
  /** Of the backup with the longest prefix that the folder is at or below. */
  readonly nearest: StoredTree | undefined;
  readonly below: readonly string[];
}> {
  const above: StoredTree[] = [];
  const below: string[] = [];
  const add = (key: Bytes, version?: ObjectVersion) => {
    const { folder, backupBelow } = placeOf(key, prefix);
    if (backupBelow !== undefined) below.push(backupBelow);
    if (folder !== undefined)
      above.push({ key: RUNS_PREFIX + textOf(key), folder, ...(version && { version }) });
  };
  if (time === undefined) {
    await listPrefix(aws, RUNS_PREFIX, async (objects) => {
      for await (const { key } of flatten(objects)) add(key);
    });
  } else {
    const oldest: number[] = [];
    await listVersions(aws, RUNS_PREFIX, async (listed) => {
      for await (const { key, versions } of groupByKey(listed)) {
        const trees = versions.filter(({ size }) => size !== undefined);
        const [was, first] = [versionAt(trees, time), trees.at(-1)];
        if (was !== undefined) add(key, was);
        else if (first !== undefined && placeOf(key, prefix).folder !== undefined)
          oldest.push(first.lastModified);
      }
    });
    if (above.length === 0 && oldest.length > 0) throw tooEarlyError(time, Math.min(...oldest));
  }
  return { nearest: above.sort((a, b) => a.folder.length - b.folder.length)[0], below };
}

/**
 * Relates the folder to restore to the backup whose tree is stored at `key`: the folder's path in that backup, or the
 * backup's prefix if that is below the folder; neither if `key` is not a tree, or belongs to a backup elsewhere.
 * @param key relative to `RUNS_PREFIX`
 */
function placeOf(key: Bytes, prefix: string): Partial<Pick<StoredTree, 'folder'> & { backupBelow: string }> {
  const backup = key.endsWith(TREE) ? key.slice(0, -TREE.length) : undefined;
  if (backup === undefined || !(backup === '' || backup.endsWith('/'))) return {};
  const folder = bytesOf(prefix);
  if (folder.startsWith(backup)) return { folder: folder.slice(backup.length) as Bytes };
  return backup.startsWith(folder) ? { backupBelow: textOf(backup as Bytes) } : {};
}

export function tooEarlyError(time: number, oldest: number): BackupError {
  return new BackupError(`The bucket has nothing as old as ${formatTime(time)}.`, {
    hint: `The oldest possible time is --at "${formatTime(oldest)}". The bucket's lifecycle rule has removed older versions, or there were none.`,
  });
}

/** @returns `undefined` if it is not in the bucket */
async function fetchStoredTree(
  scope: RestoreScope,
  { key, version, folder }: StoredTree,
  tempFolder: string,
): Promise<LocalTree | undefined> {
  const { aws } = scope;
  const file = join(tempFolder, 'tree.ndjson.gz');
  const object = { bucket: aws.bucket, key, versionId: version?.versionId };
  const args = download(object, file);
  const answer = await aws.run(args, { environment: IN_UTC });
  // `aws s3 cp` sets the file's mtime to the time of the object.
  if (answer.exitCode === 0) return { file, folder, stored: version?.lastModified ?? statSync(file).mtimeMs };
  if (kindOfAwsError(answer.stderr) === 'not-found') return undefined;
  const cause = await causeOfRefusal(aws, object, args, answer);
  throw cause === 'wrong key' ? otherKeyError(object) : cause;
}
