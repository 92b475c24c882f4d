// The tree file that tells the metadata of a folder: that of the backup whose prefix the folder is, or is below.
import { join } from 'node:path';
import { download, downloadVersion, s3Url } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { listPrefix } from '../aws/listing.js';
import { listVersions } from '../aws/version-listing.js';
import type { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { RUNS_PREFIX, TREE } from '../run/last-run.js';
import { isOnlyKeyWrong } from '../run/verification.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import { formatTime } from './point-in-time.js';
import { keysAt } from './version-at.js';

export interface FoundTree {
  /** In the bucket. */
  readonly key: string;
  /** `undefined`: the one that is there now. */
  readonly versionId?: string;
  /** Where the folder is in the tree: '' or a path that ends in a `/`. */
  readonly folder: Bytes;
  /** When the run that stored it ended; milliseconds since the epoch. */
  readonly stored: number;
}

/**
 * The tree file of the last run, or of the last one that ended not after `time`.
 * @param prefix of the folder: '' or ends in a `/`
 * @param time milliseconds since the epoch; `undefined`: now
 * @returns `undefined` if no backup has left one: the original scripts leave none
 * @throws {BackupError} if there are some, but none that old
 */
export async function findTree(
  aws: AwsCli,
  prefix: string,
  time: number | undefined,
): Promise<FoundTree | undefined> {
  let found: FoundTree | undefined;
  let oldest: number | undefined;
  const consider = (key: Bytes, stored: number, versionId?: string) => {
    const folder = folderInTree(key, prefix);
    if (folder === undefined || (found && found.folder.length <= folder.length)) return;
    found = { key: RUNS_PREFIX + textOf(key), folder, stored, ...(versionId !== undefined && { versionId }) };
  };
  if (time === undefined) {
    await listPrefix(aws, RUNS_PREFIX, async (objects) => {
      for await (const { key, lastModified } of objects) consider(key, Date.parse(lastModified));
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
    for await (const { key, was } of keysAt(trees, time)) {
      if (was !== undefined) consider(key, was.lastModified, was.versionId);
    }
  });
  if (found === undefined && oldest !== undefined) throw tooEarly(time, oldest);
  return found;
}

export function tooEarly(time: number, oldest: number): BackupError {
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

/**
 * Downloads the tree file.
 * @param folder of ours, where it is put
 * @throws {BackupError} with exit code 5 if it was stored with another key
 */
export async function fetchFoundTree(
  aws: AwsCli,
  key: EncryptionKey,
  tree: FoundTree,
  folder: string,
): Promise<string> {
  const file = join(folder, 'tree.ndjson.gz');
  const object = { bucket: aws.bucket, key: tree.key };
  const args =
    tree.versionId === undefined
      ? download(s3Url(object), file)
      : downloadVersion(object, tree.versionId, file);
  const answer = await aws.run(args, { key });
  if (answer.exitCode === 0) return file;
  if (!(await isOnlyKeyWrong(aws, object, answer))) throw aws.errorOf(args, answer);
  throw new BackupError(`${s3Url(object)} of ${formatTime(tree.stored)} can't be read with this key.`, {
    exitCode: exitCode.wrongKey,
    hint: 'Use the key of the config that made the backup; encrypted-s3-download-key gets it from the bucket.',
  });
}
