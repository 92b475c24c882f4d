// Whether a deletion in the bucket could be undone: without that, it takes the user's word for it.
import type { AwsCli } from '../aws/aws-cli.js';
import { isVersioned } from '../aws/bucket.js';
import { BackupError } from '../errors.js';

/**
 * Why deletions have to wait, in words for the user: a file that is gone may be one of those that are there under
 * another name, and not in the bucket yet.
 * @param missing how many files are not in the bucket at all
 * @param failedUploads how many uploads failed: perhaps of files that came to their names after the walk
 */
export function whyWait(missing: number, failedUploads: number): string | undefined {
  if (missing === 0 && failedUploads === 0) return undefined;
  if (missing === 0) return 'uploads failed. The next run in which none does deletes them.';
  return `${missing === 1 ? '1 file is' : `${missing} files are`} not there yet. The next run that gets everything there deletes them.`;
}

/**
 * Why nothing may be deleted, in words for the user; `undefined` if it may.
 * @param allowsUnversioned ALLOW_UNVERSIONED_DELETE
 */
export async function whyKept(aws: AwsCli, allowsUnversioned: boolean): Promise<string | undefined> {
  if (allowsUnversioned) return undefined;
  try {
    if (await isVersioned(aws)) return undefined;
    return `versioning is not on there, so a deletion could not be undone. Turn it on (aws s3api put-bucket-versioning --bucket ${aws.bucket} --versioning-configuration Status=Enabled), or set ALLOW_UNVERSIONED_DELETE='yes'.`;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    return `whether versioning is on could not be found out, for which the profile's user needs s3:GetBucketVersioning. ${error.message}`;
  }
}
