// Removes versions and delete markers: those that an undeletion has found, or a rollback has planned. Nothing else in
// this room changes the bucket.
import { s3Url } from '../../aws/arguments/object-arguments.js';
import { type Deletion, deleteAll } from '../../aws/deletions.js';
import { explainDenial } from '../../aws/errors/aws-error.js';
import { BackupError } from '../../cli/errors.js';
import { Incomplete } from '../../cli/log/incomplete.js';
import type { Spool } from '../../tree/streams/spool.js';
import { readDeleted, type Undeletion } from './find-deleted.js';

/** The hint for a user who may not remove versions. */
const DENIAL =
  "The profile's user lacks s3:DeleteObjectVersion, which the backup's own user should not have: without it, nobody can destroy the history. Use an administrator's profile: --profile PROFILE.";

/** The messages about removals. */
export interface RemovalWords {
  /** The line for syslog. */
  readonly done: (url: string, versionId: string | undefined) => string;
  /** The consequence of a refusal for a key, such as `is still deleted`. */
  readonly refused: string;
}

/**
 * Removes the delete markers of the spool, and reports what the server refuses.
 * @returns how many keys are still deleted
 * @throws {BackupError} if this user may not remove versions, or a request failed as a whole
 */
export function removeMarkers(undeletion: Undeletion, deleted: Spool): Promise<number> {
  const markers = (async function* () {
    for await (const { key, markers } of readDeleted(deleted))
      for (const versionId of markers) yield { key, versionId };
  })();
  return removeAll(undeletion, markers, undeletion.tempFolder, {
    done: (url, versionId) => `Undeleted: ${url} (delete marker ${versionId})`,
    refused: 'is still deleted',
  });
}

/**
 * Removes versions and delete markers, or deletes objects.
 * @param folder for the files of the requests
 * @returns for how many keys the server refused a removal; each is reported
 * @throws {BackupError} if this user may not remove versions, or a request failed as a whole
 */
export async function removeAll(
  { aws, log }: Pick<Undeletion, 'aws' | 'log'>,
  removals: AsyncIterable<Deletion> | Iterable<Deletion>,
  folder: string,
  words: RemovalWords,
): Promise<number> {
  const incomplete = new Incomplete(log);
  const refused = new Set<string>();
  let isNoneRemoved = true;
  await explainDenial(DENIAL, async () => {
    for await (const { key, versionId, refusal } of deleteAll(aws, removals, folder)) {
      const url = s3Url({ bucket: aws.bucket, key });
      if (refusal === undefined) {
        isNoneRemoved = false;
        log.info(words.done(url, versionId));
        continue;
      }
      // The server would refuse the rest as well.
      if (refusal.lacksPermission && isNoneRemoved)
        throw new BackupError(`${url} ${words.refused}: ${refusal.why}.`, { hint: DENIAL });
      if (!refused.has(key)) incomplete.addFailure(url, words.refused, refusal.why, key);
      incomplete.addHint(refusal.lacksPermission ? DENIAL : refusal.hint);
      refused.add(key);
    }
  });
  incomplete.close();
  return refused.size;
}
