// Whether it is the key that a read failed for: S3 refuses one with a wrong key as it refuses other things.

import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { headWithKey, readByteWithKey, readByteWithoutKey } from './arguments/download-arguments.js';
import { isLikeAddress } from './arguments/literal-argument.js';
import { type BucketObject, s3Url } from './arguments/object-arguments.js';
import type { AwsAnswer, AwsCli } from './aws-cli.js';
import type { AwsError } from './aws-error.js';
import { kindOfAwsError } from './aws-error.js';
import { findObject } from './bucket.js';
import { keyRefusalIn } from './key-refusal.js';
import type { KeyedAws } from './remote.js';

/** How S3 refuses a read for its key: 400 without one, 403 with a wrong one; some servers say 400 to both. */
export const KEY_REFUSAL_KINDS = new Set(['bad-request', 'access-denied']);

/** Exit code 5. */
export function wrongKeyError(object: BucketObject): BackupError {
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
export async function assertKeyFits(remote: KeyedAws, objects: readonly BucketObject[]): Promise<void> {
  const { aws, encryptionKey } = remote;
  for (const object of objects) {
    if (isLikeAddress(object.key)) continue;
    const args = headWithKey(object);
    const answer = await aws.run(args, { encryptionKey });
    if (answer.exitCode === 0) return;
    const cause = await causeOfRefusal(remote, object, args, answer);
    if (cause === 'wrong key') throw wrongKeyError(object);
    if (cause.kind !== 'not-found' && !KEY_REFUSAL_KINDS.has(cause.kind)) throw cause;
  }
}

/**
 * Why a read of `object` failed. The key is blamed only if there is a witness: S3's words are about the key; or, from
 * a server without words, the read without a key is answered 400, while a listing, which needs no key, is not.
 * @param args of the read with `key`
 * @param failure its answer
 * @returns for any other reason what S3 says of it, which a HEAD request, as `aws s3 cp` begins with, does not tell
 */
export async function causeOfRefusal(
  { aws, encryptionKey }: KeyedAws,
  object: BucketObject,
  args: readonly string[],
  failure: AwsAnswer,
): Promise<'wrong key' | AwsError> {
  const first = aws.errorOf(args, failure);
  if (!KEY_REFUSAL_KINDS.has(first.kind)) return first;
  const isToldAll = !/when calling the HeadObject operation/.test(failure.stderr);
  const read = readByteWithKey(object);
  const withKey = isToldAll ? failure : await aws.run(read, { encryptionKey });
  if (withKey.exitCode === 0) return first;
  const cause = isToldAll ? first : aws.errorOf(read, withKey);
  const words = keyRefusalIn(withKey.stderr);
  if (words === 'wrong') return 'wrong key';
  if (words !== 'none' || !KEY_REFUSAL_KINDS.has(cause.kind)) return cause;
  return (await isForWantOfKey(aws, object)) ? 'wrong key' : cause;
}

/** Whether a read of `object` without a key fails for want of one. */
async function isForWantOfKey(aws: AwsCli, object: BucketObject): Promise<boolean> {
  const { exitCode, stderr } = await aws.run(readByteWithoutKey(object));
  const words = keyRefusalIn(stderr);
  if (exitCode === 0 || words !== 'none') return words === 'missing';
  return kindOfAwsError(stderr) === 'bad-request' && (await canList(aws, object));
}

/** Whether a call works that needs no key. */
async function canList(aws: AwsCli, { key, versionId }: BucketObject): Promise<boolean> {
  try {
    const found = await findObject(aws, key);
    // A version may be one of what is deleted now.
    return found === 'found' || (found === 'none' && versionId !== undefined);
  } catch (error) {
    if (error instanceof BackupError) return false;
    throw error;
  }
}
