// The delete markers in the way of what is to come back: found and noted, and then removed.
import { s3Url } from '../../aws/arguments/object-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { explainDenial } from '../../aws/aws-error.js';
import { deleteAll } from '../../aws/batch-deletion.js';
import { RESERVED_PREFIX } from '../../aws/listing.js';
import { listVersions } from '../../aws/version-listing.js';
import { BackupError } from '../../cli/errors.js';
import { Incomplete } from '../../cli/log/incomplete.js';
import type { Log } from '../../cli/log/log.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { WantedPaths } from '../wanted-paths.js';
import { type DeletedKey, deletedKeys } from './deleted-keys.js';

const MAY_NOT_DELETE =
  "The profile's user lacks s3:DeleteObjectVersion, which the backup's own user should not have: without it, nobody can destroy the history. Run it with an administrator's profile: --profile PROFILE.";

export interface Undeletion {
  readonly aws: AwsCli;
  /** Of the backup: '' or ends in a `/`. */
  readonly prefix: string;
  readonly wanted: WantedPaths;
  /** Milliseconds since the epoch: what was deleted then already stays deleted. */
  readonly time: number | undefined;
  /** The run's own. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * Notes the wanted keys that are deleted, and closes the notes.
 * @throws {AwsError} if the listing failed
 */
export async function findDeleted({ aws, prefix, wanted, time }: Undeletion, deleted: Spool): Promise<void> {
  const { beginning } = wanted;
  await listVersions(aws, prefix + beginning, async (versions) => {
    for await (const { key: rest, markers } of deletedKeys(versions, time)) {
      const key = (bytesOf(beginning) + rest) as Bytes;
      if (prefix === '' && key.startsWith(RESERVED_PREFIX)) continue;
      if (wanted.meet(key)) deleted.write(JSON.stringify({ key: prefix + textOf(key), markers }));
    }
  });
  deleted.close();
}

/** The notes of `findDeleted`: whole keys, as text. */
export function readDeleted(
  deleted: Spool,
): AsyncGenerator<{ readonly key: string; readonly markers: DeletedKey['markers'] }> {
  return flatten(readJson(deleted));
}

/**
 * Removes the delete markers that are noted. What the server refuses is named.
 * @returns how many keys are back, and how many are not
 * @throws {BackupError} if nothing may be removed, or a request failed as a whole
 */
export async function removeMarkers(
  { aws, folder, log }: Undeletion,
  deleted: Spool,
): Promise<{ readonly back: number; readonly refused: number }> {
  const markers = (async function* () {
    for await (const { key, markers } of readDeleted(deleted))
      for (const versionId of markers) yield { key, versionId };
  })();
  const incomplete = new Incomplete(log);
  const refused = new Set<string>();
  let removed = 0;
  let isDenied = false;
  await explainDenial(MAY_NOT_DELETE, async () => {
    for await (const { key, versionId, refusal } of deleteAll(aws, markers, folder)) {
      const url = s3Url({ bucket: aws.bucket, key });
      if (refusal === undefined) {
        removed += 1;
        log.info(`Undeleted: ${url} (delete marker ${versionId})`);
        continue;
      }
      isDenied ||= refusal.code === 'AccessDenied';
      // The rest would fare no better.
      if (isDenied && removed === 0) {
        throw new BackupError(`Nothing was undeleted: ${url}: ${refusal.why}.`, { hint: MAY_NOT_DELETE });
      }
      if (!refused.has(key)) incomplete.add(`${url} is not back: ${refusal.why}.`);
      refused.add(key);
    }
  });
  incomplete.close();
  if (isDenied) log.hint(MAY_NOT_DELETE);
  return { back: deleted.count - refused.size, refused: refused.size };
}
