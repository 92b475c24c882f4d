// The tree file that tells the metadata of a folder: that of the backup whose prefix the folder is, or is below.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { download, IN_UTC } from '../../aws/arguments/download-arguments.js';
import { type BucketObject, s3Url } from '../../aws/arguments/object-arguments.js';
import { kindOfAwsError } from '../../aws/error-kinds.js';
import { listPrefix } from '../../aws/listing.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { causeOfRefusal } from '../../aws/wrong-key.js';
import { BackupError } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import { formatTime } from '../../cli/units/times.js';
import { RUNS_PREFIX, TREE } from '../../records/last-run.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import type { RestoreScope } from '../scope.js';
import { versionsAt } from '../versions/version-at.js';

interface FoundTree {
  /** In the bucket. */
  readonly key: string;
  /** `undefined`: the one that is there now. */
  readonly version?: ObjectVersion;
  /** Where the folder is in the tree: '' or a path that ends in a `/`. */
  readonly folder: Bytes;
}

/** A tree file on this disk. */
export interface LocalTree {
  readonly file: string;
  /** Where the folder is in it: '' or a path that ends in a `/`. */
  readonly folder: Bytes;
  /** When the run ended that stored it; milliseconds since the epoch. */
  readonly stored: number;
}

/**
 * Downloads the tree file of the last run, or of the last one that ended not after `time`.
 * @param folder of ours, where it is put
 * @returns `undefined` if no backup has left one: the original scripts leave none
 * @throws {BackupError} if there are some, but none that old; with exit code 5 if it was stored with another key
 */
export async function fetchTreeAt(scope: RestoreScope, folder: string): Promise<LocalTree | undefined> {
  const { prefix, backupPrefix, time } = scope;
  if (time === undefined) {
    const inTree = bytesOf(prefix.slice(backupPrefix.length));
    const tree = await fetchTree(scope, { key: RUNS_PREFIX + backupPrefix + TREE, folder: inTree }, folder);
    if (tree !== undefined) return tree;
  }
  const found = await findTree(scope);
  return found && fetchTree(scope, found, folder);
}

/**
 * The tree file of the last run, or of the last one that ended not after `time`.
 * @returns `undefined` if no backup has left one: the original scripts leave none
 * @throws {BackupError} if there are some, but none that old
 */
async function findTree({ aws, prefix, time }: RestoreScope): Promise<FoundTree | undefined> {
  let found: FoundTree | undefined;
  let oldest: number | undefined;
  const consider = (key: Bytes, version?: ObjectVersion) => {
    const folder = folderInTree(key, prefix);
    if (folder === undefined || (found && found.folder.length <= folder.length)) return;
    found = { key: RUNS_PREFIX + textOf(key), folder, ...(version && { version }) };
  };
  if (time === undefined) {
    await listPrefix(aws, RUNS_PREFIX, async (objects) => {
      for await (const { key } of flatten(objects)) consider(key);
    });
    return found;
  }
  await listVersions(aws, RUNS_PREFIX, async (versions) => {
    const trees = (async function* () {
      for await (const version of versions) {
        if (folderInTree(version.key, prefix) === undefined || version.size === undefined) continue;
        oldest = Math.min(oldest ?? version.lastModified, version.lastModified);
        yield version;
      }
    })();
    for await (const { key, was } of versionsAt(trees, time)) {
      if (was !== undefined) consider(key, was);
    }
  });
  if (found === undefined && oldest !== undefined) throw tooEarlyError(time, oldest);
  return found;
}

export function tooEarlyError(time: number, oldest: number): BackupError {
  return new BackupError(`The bucket has nothing as old as ${formatTime(time)}.`, {
    hint: `The oldest time that can be had is --at "${formatTime(oldest)}". Older versions are removed by the bucket's lifecycle rule, or there were none.`,
  });
}

/** @param key relative to `RUNS_PREFIX` */
function folderInTree(key: Bytes, prefix: string): Bytes | undefined {
  if (!key.endsWith(TREE)) return undefined;
  const backup = key.slice(0, -TREE.length);
  const isBackup = backup === '' || backup.endsWith('/');
  const folder = bytesOf(prefix);
  return isBackup && folder.startsWith(backup) ? (folder.slice(backup.length) as Bytes) : undefined;
}

/** @returns `undefined` if it is not there */
async function fetchTree(
  scope: RestoreScope,
  tree: FoundTree,
  folder: string,
): Promise<LocalTree | undefined> {
  const { aws, encryptionKey } = scope;
  const file = join(folder, 'tree.ndjson.gz');
  const object = { bucket: aws.bucket, key: tree.key, versionId: tree.version?.versionId };
  const args = download(object, file);
  const answer = await aws.run(args, { encryptionKey, environment: IN_UTC });
  if (answer.exitCode === 0) {
    // To which `aws s3 cp` sets the file.
    const stored = tree.version?.lastModified ?? statSync(file).mtimeMs;
    return { file, folder: tree.folder, stored };
  }
  if (kindOfAwsError(answer.stderr) === 'not-found') return undefined;
  const cause = await causeOfRefusal(scope, object, args, answer);
  throw cause === 'wrong key' ? wrongKeyForTree(object) : cause;
}

/** Exit code 5. */
export function wrongKeyForTree(object: BucketObject): BackupError {
  return new BackupError(`${s3Url(object)} can't be read with this key: it was stored with another one.`, {
    exitCode: exitCode.wrongKey,
    hint: 'Use the key of the config that made the backup; encrypted-s3-download-key gets it from the bucket.',
  });
}
