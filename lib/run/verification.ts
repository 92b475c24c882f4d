// Proof by example: an object can't be read without the key or with a wrong one, and with it is what was stored.
// The three reads run side by side; nothing is written to disk.
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type BucketObject, download, readWithKey, readWithoutKey, s3Url } from '../aws/arguments.js';
import type { AwsAnswer, AwsCli } from '../aws/aws-cli.js';
import { kindOfAwsError } from '../aws/aws-error.js';
import { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { sideBySide } from '../side-by-side.js';
import { sha256Of } from './sha256.js';
import { causeOfRefusal, keyRefused, REFUSALS } from './wrong-key.js';

/** What reading an object with the right key came to. */
export type ReadResult = { readonly sha256: string } | 'not-found' | 'archived';

/** The answers to the reads of an object in all three ways. */
export interface Reads {
  readonly without: AwsAnswer;
  readonly wrong: AwsAnswer;
  readonly right: AwsAnswer;
  /** Of what came with the right key, in hexadecimal digits. */
  readonly sha256: string;
}

/** A key that nothing is stored with. */
export function randomKey(): EncryptionKey {
  return new EncryptionKey(randomBytes(16).toString('hex'));
}

/** Reads `object` without a key, with a wrong one and with `key`, whatever comes of it. */
export async function readAllWays(aws: AwsCli, object: BucketObject, key: EncryptionKey): Promise<Reads> {
  let sha256 = '';
  const readRight = async (stdout: Readable) => {
    sha256 = await sha256Of(stdout);
  };
  const [without, wrong, right] = await sideBySide(
    aws.run(readWithoutKey(object)),
    aws.run(readWithKey(object), { key: randomKey() }),
    aws.run(download(object, '-'), { key, output: readRight }),
  );
  return { without, wrong, right, sha256 };
}

/**
 * Reads `object` in all three ways.
 * @throws {BackupError} with exit code 6 if S3 gave it away without the right key, 5 if it refused the right one
 */
export async function readInThreeWays(
  aws: AwsCli,
  object: BucketObject,
  key: EncryptionKey,
): Promise<ReadResult> {
  const { without, wrong, right, sha256 } = await readAllWays(aws, object, key);
  if (without.exitCode !== 0 && right.exitCode !== 0) {
    const kind = kindOfAwsError(right.stderr);
    if (kind === 'not-found' || kind === 'archived') return kind;
    const cause = await causeOfRefusal(aws, object, key, download(object, '-'), right);
    throw cause === 'wrong key' ? keyRefused(object) : cause;
  }
  assertRefused(aws, object, without, 'without a key', readWithoutKey(object));
  assertRefused(aws, object, wrong, 'with a wrong key', readWithKey(object));
  return { sha256 };
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
  if (typeof read === 'string' || read.sha256 !== (await sha256Of([Buffer.from(content)]))) {
    throw new BackupError(`${s3Url(object)} is not what was stored.`, {
      exitCode: exitCode.mismatch,
      hint: 'Run the command again.',
    });
  }
}
