// Makes the bucket, if there is none.
import { existsSync } from 'node:fs';
import { makeBucket } from '../aws/bucket.js';
import type { StartingPoint } from './ask-and-scan.js';
import type { Backup } from './backup.js';

/** @throws {AwsError} if it can't be made */
export async function createBucketIfMissing(
  { aws, config, state, log }: Backup,
  { escrow }: StartingPoint,
): Promise<void> {
  if (escrow !== 'no bucket') return;
  if (state.treeCopy !== undefined && existsSync(state.treeCopy)) {
    log.warn(
      `The bucket "${aws.bucket}" was there at the last run, and is gone with all that was in it: it is made anew.`,
    );
  }
  await makeBucket(aws, config, (message) => log.info(message));
}
