// Why deletions in the bucket have to wait: what is deleted may be needed yet, or could not be brought back.

import type { BucketAccess } from '../../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { listPrefix } from '../../aws/listing.js';
import { allSettledOrThrow } from '../../cli/concurrency.js';
import { BackupError } from '../../cli/errors.js';
import { RECORD, RUNS_PREFIX } from '../../records/last-run.js';
import { textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import { enableVersioningCommand, fetchVersioning, type Versioning } from './versioning.js';

/** Why nothing is deleted. */
export interface ReasonToKeep {
  /** In words for the user. */
  readonly why: string;
  /** Whether a call that failed is to blame: then the run has not done all it should, which is exit code 3. */
  readonly isFailure: boolean;
}

/** The prefix of a backup below this one's, if there is one; or why that could not be found out. */
export type BackupBelow =
  | { readonly is: 'none' }
  | { readonly is: 'backup'; readonly prefix: string }
  | { readonly is: 'unknown'; readonly failure: BackupError };

/**
 * Why deletions have to wait for what is on disk: a file that is gone may be one of those that are there under
 * another name, and not in the bucket yet.
 * @param missing how many files are not in the bucket at all
 * @param unknown how many files and folders are not there since they can't be read or stored
 * @param failedUploads how many uploads failed: perhaps of files that came to their names after the walk
 */
export function reasonInRun(
  missing: number,
  unknown: number,
  failedUploads: number,
): ReasonToKeep | undefined {
  const isFailure = failedUploads > 0;
  if (missing > 0) {
    const why = `${are(missing, 'file')} not there yet. The next run that gets everything there deletes them.`;
    return { why, isFailure };
  }
  if (unknown > 0) {
    const why = `${are(unknown, 'name')} not there and can't be read or stored: what is gone may be there now. Make them readable, give them names in UTF-8, or leave them out by EXCLUDE.`;
    return { why, isFailure };
  }
  return isFailure
    ? { why: 'uploads failed. The next run in which none does deletes them.', isFailure }
    : undefined;
}

function are(count: number, what: string): string {
  return count === 1 ? `1 ${what} is` : `${count} ${what}s are`;
}

/**
 * Why nothing may be deleted in the bucket as it is; `undefined` if it may.
 * @param versioning `undefined`: ALLOW_UNVERSIONED_DELETE, so that it does not matter
 */
export function reasonInBucket(
  versioning: Versioning | undefined,
  below: BackupBelow,
  place: BucketAccess,
): ReasonToKeep | undefined {
  if (below.is === 'backup') {
    const { prefix } = below;
    const why = `another backup, of the prefix "${prefix}", lies below this one's. Give each a REMOTE_DIR_PREFIX that is not the beginning of another one. If that backup is given up, delete ${RUNS_PREFIX}${prefix}${RECORD} in the bucket.`;
    return { why, isFailure: false };
  }
  if (below.is === 'unknown') return undecided(below.failure);
  if (versioning?.is === 'unknown') return undecided(versioning.failure);
  if (versioning === undefined || versioning.is === 'enabled') return undefined;
  const state = versioning.is === 'suspended' ? 'suspended' : 'not on';
  const why = `versioning is ${state} there, so a deletion could not be undone. Turn it on (${enableVersioningCommand(place)}), or set ALLOW_UNVERSIONED_DELETE='yes'.`;
  return { why, isFailure: false };
}

function undecided(failure: BackupError): ReasonToKeep {
  const hint = failure.hint === undefined ? '' : ` ${failure.hint}`;
  return { why: `whether that is safe could not be found out. ${failure.message}${hint}`, isFailure: true };
}

/**
 * Asks the bucket why nothing may be deleted there; `undefined` if it may.
 * @param prefix of the backup
 * @param allowsUnversioned ALLOW_UNVERSIONED_DELETE
 * @param known what the run has asked already; where that failed, it is asked again
 */
export async function fetchReasonInBucket(
  aws: AwsCli,
  prefix: string,
  allowsUnversioned: boolean,
  known?: Versioning,
): Promise<ReasonToKeep | undefined> {
  const versioning = async () => {
    if (allowsUnversioned) return undefined;
    return known === undefined || known.is === 'unknown' ? fetchVersioning(aws) : known;
  };
  return reasonInBucket(...(await allSettledOrThrow(versioning(), backupBelow(aws, prefix))), aws);
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

/** The prefix of a backup whose files lie below `prefix`, and are no files of this one. */
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
