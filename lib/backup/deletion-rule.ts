// Whether a deletion in the bucket could be undone: without that, it takes the user's word for it.
import type { AwsCli } from '../aws/aws-cli.js';
import { AwsError } from '../aws/aws-error.js';
import { isVersioned } from '../aws/bucket.js';
import { listPrefix } from '../aws/listing.js';
import { BackupError } from '../errors.js';
import { RECORD, RUNS_PREFIX } from '../records/last-run.js';
import { sideBySide } from '../side-by-side.js';
import { singly } from '../tree/batches.js';
import { textOf } from '../tree/bytes.js';
import { howToVersion } from './history.js';

/**
 * Why deletions have to wait, in words for the user: a file that is gone may be one of those that are there under
 * another name, and not in the bucket yet.
 * @param missing how many files are not in the bucket at all
 * @param unknown how many files and folders are not there since they can't be read or stored
 * @param failedUploads how many uploads failed: perhaps of files that came to their names after the walk
 */
export function whyWait(missing: number, unknown: number, failedUploads: number): string | undefined {
  if (missing > 0)
    return `${are(missing, 'file')} not there yet. The next run that gets everything there deletes them.`;
  if (unknown > 0)
    return `${are(unknown, 'name')} not there and can't be read or stored: what is gone may be there now. Make them readable, give them names in UTF-8, or leave them out by EXCLUDE.`;
  return failedUploads > 0 ? 'uploads failed. The next run in which none does deletes them.' : undefined;
}

function are(count: number, what: string): string {
  return count === 1 ? `1 ${what} is` : `${count} ${what}s are`;
}

/**
 * Why nothing may be deleted, in words for the user; `undefined` if it may.
 * @param prefix of the backup
 * @param allowsUnversioned ALLOW_UNVERSIONED_DELETE
 */
export async function whyKept(
  aws: AwsCli,
  prefix: string,
  allowsUnversioned: boolean,
): Promise<string | undefined> {
  try {
    const [isSafe, other] = await sideBySide(
      allowsUnversioned ? Promise.resolve(true) : isVersioned(aws),
      backupBelow(aws, prefix),
    );
    if (other !== undefined) {
      return `another backup, of the prefix "${other}", lies below this one's. Give each a REMOTE_DIR_PREFIX that is not the beginning of another one. If that backup is given up, delete ${RUNS_PREFIX}${other}${RECORD} in the bucket.`;
    }
    if (isSafe) return undefined;
    return `versioning is not on there, so a deletion could not be undone. Turn it on (${howToVersion(aws)}), or set ALLOW_UNVERSIONED_DELETE='yes'.`;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    const isDenied = error instanceof AwsError && error.kind === 'access-denied';
    const needs = isDenied
      ? ", for which the profile's user needs s3:GetBucketVersioning and s3:ListBucket"
      : '';
    return `whether that is safe could not be found out${needs}. ${error.message}`;
  }
}

/** The prefix of a backup whose files lie below `prefix`, and are no files of this one. */
async function backupBelow(aws: AwsCli, prefix: string): Promise<string | undefined> {
  let found: string | undefined;
  await listPrefix(aws, RUNS_PREFIX + prefix, async (objects) => {
    for await (const { key } of singly(objects)) {
      const path = textOf(key);
      if (path.endsWith(`/${RECORD}`)) found ??= prefix + path.slice(0, -RECORD.length);
    }
  });
  return found;
}
