import { makeBucket } from '../aws/bucket-settings/change-bucket.js';
import type { Backup } from './backup.js';
import { hasTreeCopy, type Start } from './start.js';

/** @throws {AwsError} if the bucket is missing and can't be created */
export async function createBucketIfMissing(backup: Backup, { escrow }: Start): Promise<void> {
  const { aws, state, log } = backup;
  if (escrow !== 'no bucket') return;
  // A warning, since the name may be wrong: a second, empty backup would begin silently.
  log.warn(
    hasTreeCopy(state)
      ? `The bucket "${aws.bucket}" existed at the last run and has been deleted, with all its contents. Creating it again.`
      : `The bucket "${aws.bucket}" does not exist. Creating it: if this backup has a bucket already, correct AWS_BUCKET.`,
  );
  await makeBucket(aws, backup, (message) => log.info(message));
}
