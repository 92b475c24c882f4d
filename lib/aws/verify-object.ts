// Proof by example: an object can't be read without the key or with a wrong one, and with it is what was stored.
// The three reads run side by side; nothing is written to disk. Only the one with the key reads more than a byte.
import { randomBytes } from 'node:crypto';
import { closeSync, createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { EncryptionKey } from '../secrets/encryption-key.js';
import { openMemoryFile } from '../secrets/memory-file.js';
import { sha256Of } from '../tree/streams/sha256.js';
import {
  type ByteRange,
  download,
  downloadRange,
  readByteWithKey,
  readByteWithoutKey,
  readWithKey,
  readWithoutKey,
} from './arguments/download-arguments.js';
import { type BucketObject, s3Url } from './arguments/object-arguments.js';
import type { AwsAnswer, AwsCli } from './aws-cli.js';
import { kindOfAwsError } from './error-kinds.js';
import type { KeyedAws } from './remote.js';
import { causeOfRefusal, KEY_REFUSAL_KINDS, wrongKeyError } from './wrong-key.js';

/** What reading an object with the right key came to. */
export type ReadResult = { readonly sha256: string } | 'not-found' | 'archived';

/** The answers to the reads of an object in all three ways. */
export interface Reads {
  readonly without: AwsAnswer;
  readonly wrong: AwsAnswer;
  readonly right: AwsAnswer;
  /** Of what came with the right key, in hexadecimal digits. */
  readonly sha256: string;
  /** The arguments of each. */
  readonly args: Readonly<Record<'without' | 'wrong' | 'right', string[]>>;
}

/** A key that nothing is stored with. */
export function randomEncryptionKey(): EncryptionKey {
  return new EncryptionKey(randomBytes(16).toString('hex'));
}

/**
 * Reads `object` without a key, with a wrong one and with `key`, whatever comes of it.
 * @param size of the object in bytes
 * @param range what is read with the key; `undefined`: all of it
 */
export async function readInThreeWays(
  remote: KeyedAws,
  object: BucketObject,
  size: number,
  range?: ByteRange,
): Promise<Reads> {
  const { aws } = remote;
  const isEmpty = size === 0;
  const withoutKey = isEmpty ? readWithoutKey(object) : readByteWithoutKey(object);
  const withWrongKey = isEmpty ? readWithKey(object) : readByteWithKey(object);
  const [without, wrong, { args, right, sha256 }] = await allSettledOrThrow(
    aws.run(withoutKey),
    aws.run(withWrongKey, { encryptionKey: randomEncryptionKey() }),
    range === undefined ? readWhole(remote, object) : readRange(remote, object, range),
  );
  return { without, wrong, right, sha256, args: { without: withoutKey, wrong: withWrongKey, right: args } };
}

/**
 * Reads `object` in all three ways.
 * @param size of the object in bytes
 * @param range what is read with the key; `undefined`: all of it
 * @throws {BackupError} with exit code 6 if S3 gave it away without the right key, 5 if it refused the right one
 */
export async function verifyObject(
  remote: KeyedAws,
  object: BucketObject,
  size: number,
  range?: ByteRange,
): Promise<ReadResult> {
  const { aws } = remote;
  const { without, wrong, right, sha256, args } = await readInThreeWays(remote, object, size, range);
  if (without.exitCode !== 0 && right.exitCode !== 0) {
    const kind = kindOfAwsError(right.stderr);
    if (kind === 'not-found' || kind === 'archived') return kind;
    const cause = await causeOfRefusal(remote, object, args.right, right);
    throw cause === 'wrong key' ? wrongKeyError(object) : cause;
  }
  assertRefused(aws, object, without, 'without a key', args.without);
  assertRefused(aws, object, wrong, 'with a wrong key', args.wrong);
  return { sha256 };
}

interface RightRead {
  readonly args: string[];
  readonly right: AwsAnswer;
  /** Of what was read, if the read went well. */
  readonly sha256: string;
}

async function readWhole({ aws, encryptionKey }: KeyedAws, object: BucketObject): Promise<RightRead> {
  const args = download(object, '-');
  let sha256 = '';
  const output = async (stdout: Readable) => {
    sha256 = await sha256Of(stdout);
  };
  const right = await aws.run(args, { encryptionKey, output });
  return { args, right, sha256 };
}

async function readRange(
  { aws, encryptionKey }: KeyedAws,
  object: BucketObject,
  range: ByteRange,
): Promise<RightRead> {
  const args = downloadRange(object, range);
  const file = openMemoryFile();
  try {
    const right = await aws.run(args, { encryptionKey, outputFile: file });
    // The path is not used: it may be that of another file, or of none.
    const content = createReadStream('', { fd: file, autoClose: false, start: 0 });
    return { args, right, sha256: await sha256Of(content) };
  } finally {
    closeSync(file);
  }
}

/**
 * True for an answer by which the server keeps an object to itself, be it without a word, as Ceph's may be. Anything
 * else, a broken network say, proves nothing.
 */
export function isRefusal({ exitCode, stderr }: AwsAnswer): boolean {
  const kind = kindOfAwsError(stderr);
  return exitCode !== 0 && (KEY_REFUSAL_KINDS.has(kind) || kind === 'no-message');
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
  if (!isRefusal(answer)) throw aws.errorOf(args, answer);
}

/**
 * Reads `object` in all three ways and compares it.
 * @throws {BackupError} with exit code 6 if it is not `content`, or as `verifyObject` does
 */
export async function verifyContent(remote: KeyedAws, object: BucketObject, content: string): Promise<void> {
  const read = await verifyObject(remote, object, Buffer.byteLength(content));
  if (typeof read === 'string' || read.sha256 !== (await sha256Of([Buffer.from(content)]))) {
    throw new BackupError(`${s3Url(object)} is not what was stored.`, {
      exitCode: exitCode.mismatch,
      hint: 'Run the command again.',
    });
  }
}
