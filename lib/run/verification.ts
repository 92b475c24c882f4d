// Proof by example: an object can't be read without the key or with a wrong one, and with it is what was stored.
// The three reads run side by side; nothing is written to disk.
import { createHash, randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import {
  type BucketObject,
  download,
  headWithKey,
  headWithoutKey,
  isLikeAddress,
  readWithKey,
  readWithoutKey,
  s3Url,
} from '../aws/arguments.js';
import type { AwsAnswer, AwsCli } from '../aws/aws-cli.js';
import { kindOfAwsError } from '../aws/aws-error.js';
import { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { sideBySide } from '../side-by-side.js';

/** How S3 refuses a read for its key: 400 without one, 403 with a wrong one; some servers say 400 to both. */
const REFUSALS = new Set(['bad-request', 'access-denied']);

/** What reading an object with the right key came to. */
export type ReadResult = { readonly sha256: string } | 'not-found';

/**
 * Reads `object` in all three ways.
 * @throws {BackupError} with exit code 6 if S3 gave it away without the right key, 5 if it refused the right one
 */
export async function readInThreeWays(
  aws: AwsCli,
  object: BucketObject,
  key: EncryptionKey,
): Promise<ReadResult> {
  const wrongKey = new EncryptionKey(randomBytes(16).toString('hex'));
  const hash = createHash('sha256');
  const args = download(object, '-');
  const [without, wrong, right] = await sideBySide(
    aws.run(readWithoutKey(object)),
    aws.run(readWithKey(object), { key: wrongKey }),
    aws.run(args, { key, output: (stdout) => pipeline(stdout, hash, { end: false }) }),
  );
  if (without.exitCode !== 0 && right.exitCode !== 0) {
    const kind = kindOfAwsError(right.stderr);
    if (kind === 'not-found') return 'not-found';
    if (REFUSALS.has(kind) && kindOfAwsError(without.stderr) === 'bad-request') throw keyRefused(object);
    throw aws.errorOf(args, right);
  }
  assertRefused(aws, object, without, 'without a key', readWithoutKey(object));
  assertRefused(aws, object, wrong, 'with a wrong key', readWithKey(object));
  return { sha256: hash.digest('hex') };
}

function assertRefused(
  aws: AwsCli,
  object: BucketObject,
  answer: AwsAnswer,
  how: string,
  args: string[],
): void {
  if (answer.exitCode === 0) {
    throw new BackupError(`${s3Url(object)} can be read ${how}: it is not encrypted with your key.`, {
      exitCode: exitCode.mismatch,
      hint: 'Find out who stored it, and store it again from its file.',
    });
  }
  // Anything else, a broken network say, proves nothing.
  if (!REFUSALS.has(kindOfAwsError(answer.stderr))) throw aws.errorOf(args, answer);
}

/** Exit code 5. */
export function keyRefused(object: BucketObject): BackupError {
  return new BackupError(
    `${s3Url(object)} can't be read with ENCRYPTION_KEY: it was stored with another key.`,
    {
      exitCode: exitCode.wrongKey,
      hint: 'Put the key of this backup back into the config, or use a new REMOTE_DIR_PREFIX for the new key.',
    },
  );
}

/**
 * Reads `object` in all three ways and compares it.
 * @throws {BackupError} with exit code 6 if it is not `content`, or as `readInThreeWays` does
 */
export async function verifyContent(
  aws: AwsCli,
  object: BucketObject,
  key: EncryptionKey,
  content: string,
): Promise<void> {
  const read = await readInThreeWays(aws, object, key);
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (read === 'not-found' || read.sha256 !== sha256) {
    throw new BackupError(`${s3Url(object)} is not what was stored.`, {
      exitCode: exitCode.mismatch,
      hint: 'Run the command again.',
    });
  }
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
 */
export async function isOnlyKeyWrong(
  aws: AwsCli,
  object: BucketObject,
  failure: AwsAnswer,
): Promise<boolean> {
  if (!REFUSALS.has(kindOfAwsError(failure.stderr))) return false;
  const answer = await aws.run(headWithoutKey(object));
  return answer.exitCode !== 0 && kindOfAwsError(answer.stderr) === 'bad-request';
}
