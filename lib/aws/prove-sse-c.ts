// Proof, before anything private is stored, that the server encrypts with a customer's key (SSE-C): one that ignores
// the key takes every file, and gives it to whoever may read the bucket.
import { randomBytes } from 'node:crypto';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { Log } from '../cli/log/log.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { sha256Of } from '../tree/streams/sha256.js';
import { deleteObject } from './arguments/delete-arguments.js';
import { readVersionId } from './arguments/download-arguments.js';
import { type BucketObject, isVersionId, s3Url } from './arguments/object-arguments.js';
import { putFromStdin } from './arguments/upload-arguments.js';
import type { AwsCli } from './aws-cli.js';
import { RESERVED_PREFIX } from './listing.js';
import type { KeyedAws } from './remote.js';
import { isRefusal, randomEncryptionKey, readInThreeWays } from './verify-object.js';

/** It is removed at once: what is billed for 30 days at least would be dearer. */
const STORAGE_CLASS = 'STANDARD';

/**
 * Stores a worthless object below `backup.info/probe/`, with a random key, so that a server that does not honour keys
 * is shown none that counts; reads it without a key, with a wrong one and with the right one; and removes it.
 * @param log warned of an object that could not be removed
 * @throws {BackupError} with exit code 6 if the server gives it away, or gives back something else
 * @throws {AwsError} if it can't be stored or read; a block of SSE-C is among the reasons
 */
export async function assertSseCHonoured(aws: AwsCli, log: Log): Promise<void> {
  const name = randomBytes(16).toString('hex');
  const object = { bucket: aws.bucket, key: `${RESERVED_PREFIX}probe/${name}` };
  const key = randomEncryptionKey();
  const content = `${randomBytes(16).toString('hex')}\n`;
  await aws.runOrThrow(putFromStdin(object, STORAGE_CLASS), { encryptionKey: key, input: content });
  try {
    await assertEncrypted({ aws, encryptionKey: key }, object, content);
  } finally {
    await remove(aws, object, key, log);
  }
}

async function assertEncrypted(remote: KeyedAws, object: BucketObject, content: string): Promise<void> {
  const { aws } = remote;
  const size = Buffer.byteLength(content);
  const { without, wrong, right, sha256, args } = await readInThreeWays(remote, object, size);
  if (without.exitCode === 0) throw notEncrypted(object, 'can be read without a key');
  if (wrong.exitCode === 0) throw notEncrypted(object, 'can be read with another key');
  if (right.exitCode !== 0) throw aws.errorOf(args.right, right);
  if (!isRefusal(without)) throw aws.errorOf(args.without, without);
  if (!isRefusal(wrong)) throw aws.errorOf(args.wrong, wrong);
  if (sha256 !== (await sha256Of([Buffer.from(content)])))
    throw notEncrypted(object, 'does not come back as it was stored');
}

function notEncrypted(object: BucketObject, how: string): BackupError {
  return new BackupError(
    `The server does not encrypt with the customer's key (SSE-C): a worthless object, ${s3Url(object)}, was stored with a key, and ${how}.`,
    {
      exitCode: exitCode.mismatch,
      hint: 'Nothing private was stored. The fault is in the server, or in what stands before it: use one that supports SSE-C with customer keys.',
    },
  );
}

/** For good, if the profile's user may remove versions, which the one of a backup need not. */
async function remove(
  aws: AwsCli,
  object: BucketObject,
  encryptionKey: EncryptionKey,
  log: Log,
): Promise<void> {
  const head = await aws.run(readVersionId(object), { encryptionKey });
  const versionId = head.stdout.trim();
  // What the AWS CLI prints in a bucket without versions.
  if (head.exitCode === 0 && versionId !== 'None' && isVersionId(versionId)) {
    const { exitCode } = await aws.run(deleteObject({ ...object, versionId }));
    if (exitCode === 0) return;
  }
  const args = deleteObject(object);
  const answer = await aws.run(args);
  if (answer.exitCode === 0) return;
  log.warn(
    `A worthless object stays in the bucket, ${s3Url(object)}: ${aws.errorOf(args, answer).detail.replace(/\.$/, '')}.`,
  );
}
