// Why nothing is deleted in the bucket: a deleted object may still be needed, or could not be brought back.
import type { BucketAccess } from '../../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { listPrefix } from '../../aws/listing.js';
import { allSettledOrThrow } from '../../cli/concurrency.js';
import { BackupError } from '../../cli/errors.js';
import { formatCount } from '../../cli/units/quantities.js';
import { RECORD, RUNS_PREFIX } from '../../records/last-run.js';
import { textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import type { Backup } from '../backup.js';
import { enableVersioningCommand, type Versioning } from './versioning.js';

/** Why nothing is deleted. */
export interface ReasonToKeep {
  /** For the user: what is the matter, and what to do. */
  readonly why: string;
  /** Whether a failed call or upload is the reason: then the run is incomplete, which is exit code 3. */
  readonly isFailure: boolean;
}

/** The prefix of another backup below this one's, if there is one; or why that is unknown. */
export type BackupBelow =
  | { readonly is: 'none' }
  | { readonly is: 'backup'; readonly prefix: string }
  | { readonly is: 'unknown'; readonly failure: BackupError };

export interface NotInBucket {
  /** How many files have no object. */
  readonly missing: number;
  /** How many places are unreadable, or have names that can't be keys. */
  readonly hidingPlaces: number;
  /** The line of the config that excludes these. */
  readonly excludeLine: string;
  /** How many uploads failed: perhaps of files that got their names after the scan. */
  readonly failedUploads: number;
}

/** Why files that are not in the bucket hold deletions back: they may be the ones that seem gone, under other names. */
export function reasonInRun({
  missing,
  hidingPlaces,
  excludeLine,
  failedUploads,
}: NotInBucket): ReasonToKeep | undefined {
  const isFailure = failedUploads > 0;
  const are = (count: number, what: string) => `${formatCount(count, what)} ${count === 1 ? 'is' : 'are'}`;
  if (missing > 0) {
    const why = `${are(missing, 'file')} not in the bucket yet. They may be the same files under new names; the next complete run deletes the objects.`;
    return { why, isFailure };
  }
  if (hidingPlaces > 0) {
    const why = `${are(hidingPlaces, 'place')} not in the bucket, being unreadable or of names that can't be keys, and may contain the same files. Make them readable, rename them, or exclude them: ${excludeLine}`;
    return { why, isFailure };
  }
  if (!isFailure) return undefined;
  return { why: 'uploads failed. The next run without a failed upload deletes them.', isFailure };
}

/**
 * Why nothing may be deleted in the bucket as it is; `undefined` if deletions are safe.
 * @param versioning `undefined`: ALLOW_UNVERSIONED_DELETE says that it does not matter
 */
export function reasonInBucket(
  versioning: Versioning | undefined,
  below: BackupBelow,
  place: BucketAccess,
): ReasonToKeep | undefined {
  if (below.is === 'backup') {
    const { prefix } = below;
    const why = `the prefix "${prefix}" of another backup lies below this one's. Give each backup a REMOTE_DIR_PREFIX that is not the beginning of another one. If that backup is abandoned, delete ${RUNS_PREFIX}${prefix}${RECORD} in the bucket.`;
    return { why, isFailure: false };
  }
  if (below.is === 'unknown') return undecided(below.failure);
  if (versioning?.is === 'unknown') return undecided(versioning.failure);
  if (versioning === undefined || versioning.is === 'enabled') return undefined;
  const state = versioning.is === 'suspended' ? 'suspended' : 'not on';
  const why = `versioning is ${state} in the bucket, so a deletion could not be undone. Turn it on (${enableVersioningCommand(place)}), or set ALLOW_UNVERSIONED_DELETE='yes'.`;
  return { why, isFailure: false };
}

function undecided(failure: BackupError): ReasonToKeep {
  const hint = failure.hint === undefined ? '' : ` ${failure.hint}`;
  return { why: `the bucket does not tell whether that is safe. ${failure.message}${hint}`, isFailure: true };
}

/** Asks the bucket why nothing may be deleted there; `undefined` if deletions are safe. */
export async function fetchReasonInBucket({
  aws,
  prefix,
  versioning,
}: Backup): Promise<ReasonToKeep | undefined> {
  return reasonInBucket(...(await allSettledOrThrow(versioning.fetch(), backupBelow(aws, prefix))), aws);
}

async function backupBelow(aws: AwsCli, prefix: string): Promise<BackupBelow> {
  try {
    const found = await prefixBelow(aws, prefix);
    return found === undefined ? { is: 'none' } : { is: 'backup', prefix: found };
  } catch (failure) {
    if (failure instanceof BackupError) return { is: 'unknown', failure };
    throw failure;
  }
}

/** The prefix of another backup that begins with `prefix`, by its record. */
async function prefixBelow(aws: AwsCli, prefix: string): Promise<string | undefined> {
  let found: string | undefined;
  await listPrefix(aws, RUNS_PREFIX + prefix, async (objects) => {
    for await (const { key } of flatten(objects)) {
      const path = textOf(key);
      if (path.endsWith(`/${RECORD}`)) found ??= prefix + path.slice(0, -RECORD.length);
    }
  });
  return found;
}
