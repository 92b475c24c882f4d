// Proves that an object can't be read without its key or with a wrong one, and has the right content. The three reads
// run side by side; nothing is written to disk. Only the read with the right key reads more than a byte.
import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { allSettledOrThrow } from '../../cli/concurrency.js';
import { BackupError } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import { newEncryptionKey } from '../../secrets/encryption-key.js';
import { openMemoryFile } from '../../secrets/memory-file.js';
import { sha256Of, sha256OfOpen } from '../../tree/streams/sha256.js';
import {
  type ByteRange,
  download,
  downloadRange,
  readByteWithKey,
  readByteWithoutKey,
  readWithKey,
  readWithoutKey,
} from '../arguments/download-arguments.js';
import { type BucketObject, s3Url } from '../arguments/object-arguments.js';
import type { AwsAnswer } from '../aws-call.js';
import type { AwsCli } from '../aws-cli.js';
import { kindOfAwsError } from '../errors/error-kinds.js';
import { causeOfRefusal, KEY_REFUSAL_KINDS, wrongKeyError } from './wrong-key.js';

/** A read, whether it succeeded or not. */
interface Read {
  readonly args: string[];
  readonly answer: AwsAnswer;
}

interface ContentRead extends Read {
  /** The checksum of what was read, in hexadecimal digits; meaningless if the read failed. */
  readonly sha256: string;
}

interface ThreeReads {
  readonly withoutKey: Read;
  readonly withWrongKey: Read;
  readonly withKey: ContentRead;
}

/**
 * Reads `object` without a key, with a wrong one and with the right one.
 * @param size of the object in bytes
 * @param range what to read with the right key; by default, all
 */
export async function readInThreeWays(
  aws: AwsCli,
  object: BucketObject,
  size: number,
  range?: ByteRange,
): Promise<ThreeReads> {
  const wrong = aws.withKey(newEncryptionKey());
  const isEmpty = size === 0;
  const [withoutKey, withWrongKey, withKey] = await allSettledOrThrow(
    read(aws, isEmpty ? readWithoutKey(object) : readByteWithoutKey(object)),
    read(wrong, isEmpty ? readWithKey(object) : readByteWithKey(object)),
    range === undefined ? readWhole(aws, object) : readRange(aws, object, range),
  );
  return { withoutKey, withWrongKey, withKey };
}

async function read(aws: AwsCli, args: string[]): Promise<Read> {
  return { args, answer: await aws.run(args) };
}

/**
 * Verifies that `object` can only be read with the right key.
 * @param size of the object in bytes
 * @param range what to read with the right key; by default, all
 * @returns the SHA-256 of what was read, in hexadecimal digits; or why it could not be read
 * @throws {BackupError} with exit code 6 if it can be read without the right key, 5 if it was stored with another key
 */
export async function verifyObject(
  aws: AwsCli,
  object: BucketObject,
  size: number,
  range?: ByteRange,
): Promise<{ readonly sha256: string } | 'not-found' | 'archived'> {
  const { withoutKey, withWrongKey, withKey } = await readInThreeWays(aws, object, size, range);
  if (withoutKey.answer.exitCode !== 0 && withKey.answer.exitCode !== 0) {
    const kind = kindOfAwsError(withKey.answer.stderr);
    if (kind === 'not-found' || kind === 'archived') return kind;
    const cause = await causeOfRefusal(aws, object, withKey.args, withKey.answer);
    throw cause === 'wrong key' ? wrongKeyError(object) : cause;
  }
  assertRefused(aws, object, withoutKey, 'without a key');
  assertRefused(aws, object, withWrongKey, 'with a wrong key');
  return { sha256: withKey.sha256 };
}

/**
 * Verifies that `object` can only be read with the right key, and is `content`.
 * @throws {BackupError} with exit code 6 if it is not, or as `verifyObject` does
 */
export async function verifyContent(aws: AwsCli, object: BucketObject, content: string): Promise<void> {
  const verified = await verifyObject(aws, object, Buffer.byteLength(content));
  if (typeof verified === 'string' || verified.sha256 !== (await sha256Of([Buffer.from(content)]))) {
    throw new BackupError(`${s3Url(object)} is not what was stored.`, {
      exitCode: exitCode.mismatch,
      hint: 'Run the command again.',
    });
  }
}

/** True if the server refuses a read. Other failures, such as those of the network, prove nothing. */
export function isRefusal({ exitCode, stderr }: AwsAnswer): boolean {
  const kind = kindOfAwsError(stderr);
  return exitCode !== 0 && (KEY_REFUSAL_KINDS.has(kind) || kind === 'no-message');
}

async function readWhole(aws: AwsCli, object: BucketObject): Promise<ContentRead> {
  const args = download(object, '-');
  let sha256 = '';
  const output = async (stdout: Readable) => {
    sha256 = await sha256Of(stdout);
  };
  const answer = await aws.run(args, { output });
  return { args, answer, sha256 };
}

async function readRange(aws: AwsCli, object: BucketObject, range: ByteRange): Promise<ContentRead> {
  const args = downloadRange(object, range);
  const file = openMemoryFile();
  try {
    const answer = await aws.run(args, { outputFile: file });
    return { args, answer, sha256: await sha256OfOpen(file) };
  } finally {
    closeSync(file);
  }
}

function assertRefused(aws: AwsCli, object: BucketObject, { args, answer }: Read, how: string): void {
  if (answer.exitCode === 0) {
    throw new BackupError(`${s3Url(object)} can be read ${how}: it is not encrypted with your key.`, {
      exitCode: exitCode.mismatch,
      hint: 'Find out who stored it, and store it again from its file.',
    });
  }
  if (!isRefusal(answer)) throw aws.errorOf(args, answer);
}
