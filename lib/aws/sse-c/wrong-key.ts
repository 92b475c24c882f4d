// Decides whether S3 refuses a read because of the encryption key. It answers 400 or 403, as it does for many other
// reasons.
import { BackupError, orFailure } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import { headWithKey, readByteWithKey, readByteWithoutKey } from '../arguments/download-arguments.js';
import { type BucketObject, isLikeAddress, s3Url } from '../arguments/object-arguments.js';
import type { AwsAnswer } from '../aws-call.js';
import type { AwsCli } from '../aws-cli.js';
import { findObject } from '../bucket.js';
import type { AwsError } from '../errors/aws-error.js';
import { kindOfAwsError, parseFailure } from '../errors/error-kinds.js';
import { hasReason } from '../errors/failed-call.js';

/** S3 answers 400 to a read without the key and 403 to one with a wrong key; some servers answer 400 to both. */
export const KEY_REFUSAL_KINDS = new Set(['bad-request', 'access-denied']);

/** Amazon's and MinIO's message for a missing key, and Ceph's, which first misses the name of the algorithm. */
const MISSING =
  /was stored using a form of Server Side Encryption|Customer provided keys must provide (a valid encryption algorithm|an appropriate secret key)/i;
/** Amazon's message for a wrong key, and Ceph's, which compares the MD5 of the keys. */
const WRONG =
  /Customer provided keys must provide the correct secret key|calculated MD5 hash of the key did not match/i;

/**
 * What S3 says about the encryption key when it refuses a read:
 * - `missing`: the object is encrypted with a key, and none was sent
 * - `wrong`: it is encrypted with another key
 * - `none`: it gives no reason, as in the answer to a HEAD request
 * - `other`: the reason is not the key
 */
export type KeyRefusal = 'missing' | 'wrong' | 'none' | 'other';

/** @param stderr of the AWS CLI, of a call that read an object */
export function keyRefusalIn(stderr: string): KeyRefusal {
  const failed = parseFailure(stderr);
  if (WRONG.test(failed.message)) return 'wrong';
  if (MISSING.test(failed.message)) return 'missing';
  return failed.code === undefined || hasReason(failed) ? 'other' : 'none';
}

/** The error, with exit code 5, for an object that was stored with another key. */
export function wrongKeyError(object: BucketObject): BackupError {
  return new BackupError(
    `${s3Url(object)} can't be read with ENCRYPTION_KEY: it was stored with another key.`,
    {
      exitCode: exitCode.wrongKey,
      hint: 'Put the key of this backup back into the config, or use another bucket for the new key: the escrow of one bucket holds one key.',
    },
  );
}

/** The same for a restore, whose key may come from a prompt. */
export function otherKeyError(object: BucketObject): BackupError {
  return new BackupError(`Download failed: ${s3Url(object)} was not stored with this encryption key.`, {
    exitCode: exitCode.wrongKey,
    hint: 'Use the encryption key of the config that made the backup; encrypted-s3-download-key gets it from the bucket.',
  });
}

/**
 * Tries the encryption key on some objects of a backup without a record, and skips those that are stored without a key.
 * @throws {BackupError} with exit code 5 if one is stored with another key
 */
export async function assertKeyFits(aws: AwsCli, objects: readonly BucketObject[]): Promise<void> {
  for (const object of objects) {
    const found = await tryKey(aws, object);
    if (found === 'fits') return;
    if (found === 'another key') throw wrongKeyError(object);
  }
}

/**
 * Whether an object is stored with the encryption key; `unknown` if it is stored without one, or may not be read.
 * @throws {AwsError} if S3 gives no answer
 */
export async function tryKey(aws: AwsCli, object: BucketObject): Promise<'fits' | 'another key' | 'unknown'> {
  if (isLikeAddress(object.key)) return 'unknown';
  const args = headWithKey(object);
  const answer = await aws.run(args);
  if (answer.exitCode === 0) return 'fits';
  const cause = await causeOfRefusal(aws, object, args, answer);
  if (cause === 'wrong key') return 'another key';
  if (cause.kind !== 'not-found' && !KEY_REFUSAL_KINDS.has(cause.kind)) throw cause;
  return 'unknown';
}

/**
 * Why a read of `object` failed. Blames the key only with proof: S3 says so; or, if the server gives no reasons, a read
 * without a key is answered 400, while a listing, which needs no key, succeeds.
 * @param args of the read with the key
 * @param failure its answer
 * @returns for other causes, the error with S3's reason
 */
export async function causeOfRefusal(
  aws: AwsCli,
  object: BucketObject,
  args: readonly string[],
  failure: AwsAnswer,
): Promise<'wrong key' | AwsError> {
  const first = aws.errorOf(args, failure);
  if (!KEY_REFUSAL_KINDS.has(first.kind)) return first;
  // The answer to a HEAD request, with which `aws s3 cp` begins, has no reason.
  const isHead = /when calling the HeadObject operation/.test(failure.stderr);
  const read = readByteWithKey(object);
  const withKey = isHead ? await aws.run(read) : failure;
  if (withKey.exitCode === 0) return first;
  const cause = isHead ? aws.errorOf(read, withKey) : first;
  const refusal = keyRefusalIn(withKey.stderr);
  if (refusal === 'wrong') return 'wrong key';
  if (refusal !== 'none' || !KEY_REFUSAL_KINDS.has(cause.kind)) return cause;
  return (await isRefusedWithoutKey(aws, object)) ? 'wrong key' : cause;
}

/** True if a read of `object` without a key fails because there is none. */
async function isRefusedWithoutKey(aws: AwsCli, object: BucketObject): Promise<boolean> {
  const { exitCode, stderr } = await aws.run(readByteWithoutKey(object));
  const refusal = keyRefusalIn(stderr);
  if (exitCode === 0 || refusal !== 'none') return refusal === 'missing';
  return kindOfAwsError(stderr) === 'bad-request' && (await canList(aws, object));
}

async function canList(aws: AwsCli, { key, versionId }: BucketObject): Promise<boolean> {
  const found = await orFailure(findObject(aws, key));
  // A deleted object has only versions.
  return found === 'found' || (found === 'none' && versionId !== undefined);
}
