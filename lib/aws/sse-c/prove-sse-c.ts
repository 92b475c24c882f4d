// Proves that the server encrypts with a customer's key (SSE-C), before anything private is stored: a server that
// ignores the key would show each file to everybody who may read the bucket.
import { BackupError } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import type { Log } from '../../cli/log/log.js';
import { newEncryptionKey } from '../../secrets/encryption-key.js';
import { sha256Of } from '../../tree/streams/sha256.js';
import { type BucketObject, s3Url } from '../arguments/object-arguments.js';
import type { AwsCli } from '../aws-cli.js';
import { Probe, type RemovedProbe } from './probe.js';
import { isRefusal, readInThreeWays } from './verify-object.js';
import { causeOfRefusal } from './wrong-key.js';

/**
 * Stores a test object with a random key; reads it without a key, with a wrong one and with the right one; and removes
 * it. The server does not see the backup's key.
 * @param log for a warning if the object can't be removed
 * @throws {BackupError} with exit code 6 if it can be read without the right key, or its content differs
 * @throws {AwsError} if it can't be stored or read, for example because the bucket blocks SSE-C
 */
export async function proveSseC(aws: AwsCli, log: Log): Promise<RemovedProbe> {
  const keyed = aws.withKey(newEncryptionKey());
  const probe = await Probe.store(keyed);
  let removed: RemovedProbe | undefined;
  try {
    await assertEncrypted(keyed, probe);
  } finally {
    removed = await probe.remove(log);
  }
  return removed;
}

async function assertEncrypted(aws: AwsCli, { object, content }: Probe): Promise<void> {
  const reads = await readInThreeWays(aws, object, Buffer.byteLength(content));
  const { withoutKey, withWrongKey, withKey } = reads;
  if (withoutKey.answer.exitCode === 0) throw notEncrypted(object, 'can be read without a key');
  if (withWrongKey.answer.exitCode === 0) throw notEncrypted(object, 'can be read with another key');
  if (withKey.answer.exitCode !== 0) {
    const cause = await causeOfRefusal(aws, object, withKey.args, withKey.answer);
    throw cause === 'wrong key' ? aws.errorOf(withKey.args, withKey.answer) : cause;
  }
  for (const { args, answer } of [withoutKey, withWrongKey])
    if (!isRefusal(answer)) throw aws.errorOf(args, answer);
  if (withKey.sha256 !== (await sha256Of([Buffer.from(content)])))
    throw notEncrypted(object, 'returns other content');
}

function notEncrypted(object: BucketObject, how: string): BackupError {
  return new BackupError(
    `The server does not encrypt with the customer's key (SSE-C): the test object ${s3Url(object)} was stored with a key, but ${how}.`,
    {
      exitCode: exitCode.mismatch,
      hint: 'Nothing private was stored. Use a server that supports SSE-C, or find out which proxy in front of it drops the key.',
    },
  );
}
