import { existsSync } from 'node:fs';
import { makeBucket } from '../aws/bucket.js';
import type { Backup } from './backup.js';
import type { Start } from './start.js';

/** @throws {AwsError} if the bucket is missing and can't be created */
export async function createBucketIfMissing(
  { aws, config, state, log }: Backup,
  { escrow }: Start,
): Promise<void> {
  if (escrow !== 'no bucket') return;
  if (state.treeCopy !== undefined && existsSync(state.treeCopy)) {
    log.warn(
      `The bucket "${aws.bucket}" existed at the last run and is gone, with everything that was in it. Creating it again.`,
    );
  }
  await makeBucket(aws, config, (message) => log.info(message));
}
