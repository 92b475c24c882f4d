// Why nothing is deleted in the bucket: an object may still be needed, or its deletion could not be undone.
import type { BucketAccess } from '../../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { listPrefix } from '../../aws/listing.js';
import { allSettledOrThrow } from '../../cli/concurrency.js';
import { BackupError, orFailure } from '../../cli/errors.js';
import { formatCount } from '../../cli/units/quantities.js';
import { RECORD, runFolderKey } from '../../records/last-run.js';
import { textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import type { Backup } from '../backup.js';
import { excludeLine } from '../obstacles.js';
import type { Start } from '../start.js';
import { enableVersioningCommand, type Versioning } from '../versioning.js';

/** Why nothing is deleted. */
export interface ReasonToKeep {
  /** For the user: the reason, and what to do. */
  readonly why: string;
  /** Whether a failed call or upload is the reason: then the run ends with exit code 3. */
  readonly isFailure: boolean;
}

interface NotInBucket {
  /** How many files are not in the bucket, and may be ones that seem gone, under new names. */
  readonly missing: number;
  /** How many places are unreadable, or have names that can't be keys. */
  readonly hidingPlaces: number;
  /** How many uploads failed, perhaps of files that were renamed after the scan. */
  readonly failedUploads: number;
}

/**
 * Why files that are not in the bucket prevent deletions: they may be the ones that seem gone, under new names.
 * @param exclude the line of the config that excludes the hiding places
 */
export function reasonInRun(
  { missing, hidingPlaces, failedUploads }: NotInBucket,
  exclude: string,
): ReasonToKeep | undefined {
  const isFailure = failedUploads > 0;
  const are = (count: number, what: string) => `${formatCount(count, what)} ${count === 1 ? 'is' : 'are'}`;
  if (missing > 0) {
    const why = `${are(missing, 'file')} not in the bucket as ${missing === 1 ? 'it is' : 'they are'} now. They may be the same files under new names; the next complete run deletes the objects.`;
    return { why, isFailure };
  }
  if (hidingPlaces > 0) {
    const why = `${are(hidingPlaces, 'place')} not in the bucket: unreadable, or with names that can't be keys. They may contain the same files. Make them readable, rename them, or exclude them: ${exclude}`;
    return { why, isFailure };
  }
  if (!isFailure) return undefined;
  return { why: 'uploads failed. The next run without a failed upload deletes them.', isFailure };
}

/**
 * Why nothing may be deleted in the bucket as it is; `undefined` if deletions are safe.
 * @param below the prefix of another backup below this one's, if there is one; or the error of the listing
 */
export function reasonInBucket(
  versioning: Versioning,
  below: string | BackupError | undefined,
  place: BucketAccess,
): ReasonToKeep | undefined {
  if (typeof below === 'string') {
    const why = `the prefix "${below}" of another backup lies below this one's. Give each backup a REMOTE_DIR_PREFIX that is not the beginning of another one. If that backup is abandoned, delete ${runFolderKey(below)}${RECORD} in the bucket.`;
    return { why, isFailure: false };
  }
  const failure = below ?? versioning;
  if (failure instanceof BackupError) {
    const hint = failure.hint === undefined ? '' : ` ${failure.hint}`;
    const why = `the bucket does not say whether that is safe. ${failure.message}${hint}`;
    return { why, isFailure: true };
  }
  if (versioning === undefined || versioning === 'enabled') return undefined;
  const state = versioning === 'suspended' ? 'suspended' : 'not on';
  const why = `versioning is ${state} in the bucket, so a deletion could not be undone. Turn it on (${enableVersioningCommand(place)}), or set ALLOW_UNVERSIONED_DELETE='yes'.`;
  return { why, isFailure: false };
}

/** Why a run deletes nothing: by the files that it could not store, or by the bucket's answers. */
export async function findReasonToKeep(
  backup: Backup,
  start: Start,
  notInBucket: NotInBucket,
): Promise<ReasonToKeep | undefined> {
  const exclude = notInBucket.hidingPlaces > 0 ? await excludeLine(backup, start) : '';
  return reasonInRun(notInBucket, exclude) ?? fetchReasonInBucket(backup);
}

/** Asks the bucket why nothing may be deleted there; `undefined` if deletions are safe. */
export async function fetchReasonInBucket(backup: Backup): Promise<ReasonToKeep | undefined> {
  const { aws, prefix, versioning } = backup;
  const [status, below] = await allSettledOrThrow(versioning.fetch(), orFailure(prefixBelow(aws, prefix)));
  return reasonInBucket(status, below, aws);
}

/** The prefix of another backup that begins with `prefix`, by its record. */
async function prefixBelow(aws: AwsCli, prefix: string): Promise<string | undefined> {
  let found: string | undefined;
  await listPrefix(aws, runFolderKey(prefix), async (objects) => {
    for await (const { key } of flatten(objects)) {
      const path = textOf(key);
      if (path.endsWith(`/${RECORD}`)) found ??= prefix + path.slice(0, -RECORD.length);
    }
  });
  return found;
}
