// Undeletes: finds the delete markers that hide wanted files, and removes them. A file is current again without them.
import { s3Url } from '../../aws/arguments/object-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { explainDenial } from '../../aws/aws-error.js';
import { deleteAll } from '../../aws/batch-deletion.js';
import { RESERVED_PREFIX } from '../../aws/listing.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { BackupError } from '../../cli/errors.js';
import { Incomplete } from '../../cli/log/incomplete.js';
import type { Log } from '../../cli/log/log.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { WantedPaths } from './wanted-paths.js';

/** A hint for a user who may remove no versions. */
export const DENIAL =
  "The profile's user lacks s3:DeleteObjectVersion, which the backup's own user should not have: without it, nobody can destroy the history. Use an administrator's profile: --profile PROFILE.";

/** What is to be undeleted. */
export interface Undeletion {
  readonly aws: AwsCli;
  /** Of the backup: '' or ends in a `/`. */
  readonly prefix: string;
  readonly wanted: WantedPaths;
  /** Milliseconds since the epoch: what was deleted by then stays deleted. */
  readonly time: number | undefined;
  /** A folder of ours. */
  readonly notes: string;
  readonly log: Log;
}

/** A key that is deleted now. */
export interface DeletedKey {
  readonly key: Bytes;
  /** Version ids of all delete markers that are newer than its newest version. */
  readonly markers: readonly string[];
}

/**
 * The keys that are deleted and still have a version.
 * @param versions in the order of the keys, and of each key the newest first
 * @param time milliseconds since the epoch: leaves out what was deleted by then; `undefined`: nothing
 */
export async function* deletedKeys(
  versions: AsyncIterable<ObjectVersion>,
  time: number | undefined,
): AsyncGenerator<DeletedKey> {
  let key: Bytes | undefined;
  /** So far; `undefined` once the key is decided. */
  let markers: string[] | undefined;
  for await (const version of versions) {
    if (version.key !== key) {
      key = version.key;
      markers = [];
    }
    if (markers === undefined) continue;
    const isObject = version.size !== undefined;
    if (isObject && markers.length > 0) yield { key, markers };
    if (isObject || (time !== undefined && version.lastModified <= time)) markers = undefined;
    else markers.push(version.versionId);
  }
}

/**
 * Writes the wanted keys that are deleted into the spool, and closes it.
 * @throws {AwsError} if the listing failed
 */
export async function findDeleted({ aws, prefix, wanted, time }: Undeletion, deleted: Spool): Promise<void> {
  const { commonPrefix } = wanted;
  await listVersions(aws, prefix + commonPrefix, async (versions) => {
    for await (const { key: rest, markers } of deletedKeys(versions, time)) {
      const key = (bytesOf(commonPrefix) + rest) as Bytes;
      if (prefix === '' && key.startsWith(RESERVED_PREFIX)) continue;
      if (wanted.match(key)) deleted.write(JSON.stringify({ key: prefix + textOf(key), markers }));
    }
  });
  deleted.close();
}

/** What `findDeleted` has written: whole keys, as text. */
export function readDeleted(
  deleted: Spool,
): AsyncGenerator<{ readonly key: string; readonly markers: DeletedKey['markers'] }> {
  return flatten(readJson(deleted));
}

/**
 * Removes the delete markers of the spool, and names what the server refuses.
 * @returns how many keys are current again, and how many are not
 * @throws {BackupError} if this user may remove none, or a request failed as a whole
 */
export async function removeMarkers(
  { aws, notes, log }: Undeletion,
  deleted: Spool,
): Promise<{ readonly undeleted: number; readonly refused: number }> {
  const markers = (async function* () {
    for await (const { key, markers } of readDeleted(deleted))
      for (const versionId of markers) yield { key, versionId };
  })();
  const incomplete = new Incomplete(log);
  const refused = new Set<string>();
  let removed = 0;
  let isDenied = false;
  await explainDenial(DENIAL, async () => {
    for await (const { key, versionId, refusal } of deleteAll(aws, markers, notes)) {
      const url = s3Url({ bucket: aws.bucket, key });
      if (refusal === undefined) {
        removed += 1;
        log.info(`Undeleted: ${url} (delete marker ${versionId})`);
        continue;
      }
      isDenied ||= refusal.lacksPermission;
      // The server would refuse the rest as well.
      if (isDenied && removed === 0) {
        throw new BackupError(`Nothing was undeleted: ${url}: ${refusal.why}.`, { hint: DENIAL });
      }
      if (!refused.has(key)) incomplete.addFailure(url, 'is still deleted', refusal.why, key);
      if (!refusal.lacksPermission) incomplete.addHint(refusal.hint);
      refused.add(key);
    }
  });
  if (isDenied) incomplete.addHint(DENIAL);
  incomplete.close();
  return { undeleted: deleted.count - refused.size, refused: refused.size };
}
