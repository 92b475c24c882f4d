// Whether it is the key that a read failed for: S3 refuses one with a wrong key as it refuses other things.

import type { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { type BucketObject, headWithKey, isLikeAddress, readByteWithoutKey, s3Url } from './arguments.js';
import type { AwsAnswer, AwsCli } from './aws-cli.js';
import { kindOfAwsError } from './aws-error.js';

/** How S3 refuses a read for its key: 400 without one, 403 with a wrong one; some servers say 400 to both. */
export const REFUSALS = new Set(['bad-request', 'access-denied']);

/** Exit code 5. */
export function keyRefused(object: BucketObject): BackupError {
  return new BackupError(
    `${s3Url(object)} can't be read with ENCRYPTION_KEY: it was stored with another key.`,
    {
      exitCode: exitCode.wrongKey,
      hint: 'Put the key of this backup back into the config, or use another bucket for the new key: the escrow of one bucket holds one key.',
    },
  );
}

/**
 * Whether `key` is that of a backup without a record: tried on some of its objects. Objects that are not encrypted
 * with a customer's key prove nothing.
 * @throws {BackupError} with exit code 5 if it is another one
 */
export async function tryKey(
  aws: AwsCli,
  key: EncryptionKey,
  objects: readonly BucketObject[],
): Promise<void> {
  for (const object of objects) {
    if (isLikeAddress(object.key)) continue;
    const args = headWithKey(object);
    const answer = await aws.run(args, { key });
    if (answer.exitCode === 0) return;
    if (await isOnlyKeyWrong(aws, object, answer)) throw keyRefused(object);
    const kind = kindOfAwsError(answer.stderr);
    if (kind !== 'not-found' && !REFUSALS.has(kind)) throw aws.errorOf(args, answer);
  }
}

/**
 * Whether `failure`, the answer to a read of `object`, is due to the key alone: S3 refused it, and refuses it
 * for want of a key when it gets none. Someone who lacks permissions is refused for that.
 * @throws {AwsError} for credentials that have expired: the answer to a HEAD is the same 400, without S3's word for it
 */
export async function isOnlyKeyWrong(
  aws: AwsCli,
  object: BucketObject,
  failure: AwsAnswer,
): Promise<boolean> {
  if (!REFUSALS.has(kindOfAwsError(failure.stderr))) return false;
  const args = readByteWithoutKey(object);
  const answer = await aws.run(args);
  const kind = kindOfAwsError(answer.stderr);
  if (kind === 'bad-credentials') throw aws.errorOf(args, answer);
  return answer.exitCode !== 0 && kind === 'bad-request';
}
