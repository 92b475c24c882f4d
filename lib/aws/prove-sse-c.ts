// Proves that the server encrypts with a customer's key (SSE-C), before anything private is stored: a server that ignores
// the key would give each file to everybody who may read the bucket.
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
import { kindOfAwsError } from './error-kinds.js';
import { RESERVED_PREFIX } from './listing.js';
import type { KeyedAws } from './remote.js';
import { isRefusal, randomEncryptionKey, readInThreeWays } from './verify-object.js';

/** The probe is removed at once; STANDARD_IA is billed for 30 days at least. */
const STORAGE_CLASS = 'STANDARD';

/** The worthless object that has proven it, and is still in the bucket. */
export interface Probe {
  readonly object: BucketObject;
  readonly encryptionKey: EncryptionKey;
}

/** What removing the object has shown. */
export interface RemovedProbe {
  /** When the server says that it was stored: ISO 8601, in whole seconds. */
  readonly lastModified: string | undefined;
  /** Whether its version could be removed for good; `no versions` in a bucket without versioning. */
  readonly removal: 'done' | 'denied' | 'failed' | 'no versions';
}

/**
 * Stores a worthless object below `backup.info/probe/` with a random key, and reads it without a key, with a wrong one and
 * with the right one. The server does not see the backup's key.
 * @returns what `removeProbe` removes, beside what comes next
 * @throws {BackupError} with exit code 6 if it can be read without the right key, or has other content
 * @throws {AwsError} if it can't be stored or read, for example because the bucket blocks SSE-C
 */
export async function proveSseC(aws: AwsCli, log: Log): Promise<Probe> {
  const name = randomBytes(16).toString('hex');
  const object = { bucket: aws.bucket, key: `${RESERVED_PREFIX}probe/${name}` };
  const encryptionKey = randomEncryptionKey();
  const content = `${randomBytes(16).toString('hex')}\n`;
  await aws.runOrThrow(putFromStdin(object, STORAGE_CLASS), { encryptionKey, input: content });
  const probe = { object, encryptionKey };
  try {
    await assertEncrypted({ aws, encryptionKey }, object, content);
  } catch (error) {
    await removeProbe(aws, probe, log);
    throw error;
  }
  return probe;
}

/**
 * Removes the object's version, if the profile's user may do that; otherwise adds a delete marker.
 * @param log for a warning if the object can't be removed
 */
export async function removeProbe(
  aws: AwsCli,
  { object, encryptionKey }: Probe,
  log: Log,
): Promise<RemovedProbe> {
  const head = await aws.run(readVersionId(object), { encryptionKey });
  const [versionId = '', lastModified] = head.stdout.trim().split('\t');
  let removal: RemovedProbe['removal'] = 'no versions';
  if (head.exitCode === 0 && versionId !== 'None' && isVersionId(versionId)) {
    const { exitCode, stderr } = await aws.run(deleteObject({ ...object, versionId }));
    if (exitCode === 0) return { lastModified, removal: 'done' };
    removal = kindOfAwsError(stderr) === 'access-denied' ? 'denied' : 'failed';
  }
  const args = deleteObject(object);
  const answer = await aws.run(args);
  if (answer.exitCode === 0) return { lastModified, removal };
  const why = aws.errorOf(args, answer).detail.replace(/\.$/, '');
  log.warn(`The worthless object ${s3Url(object)} could not be removed: ${why}.`);
  return { lastModified, removal };
}

async function assertEncrypted(remote: KeyedAws, object: BucketObject, content: string): Promise<void> {
  const { aws } = remote;
  const reads = await readInThreeWays(remote, object, Buffer.byteLength(content));
  const { withoutKey, withWrongKey, withKey } = reads;
  if (withoutKey.answer.exitCode === 0) throw notEncrypted(object, 'can be read without a key');
  if (withWrongKey.answer.exitCode === 0) throw notEncrypted(object, 'can be read with another key');
  if (withKey.answer.exitCode !== 0) throw aws.errorOf(withKey.args, withKey.answer);
  for (const { args, answer } of [withoutKey, withWrongKey])
    if (!isRefusal(answer)) throw aws.errorOf(args, answer);
  if (withKey.sha256 !== (await sha256Of([Buffer.from(content)])))
    throw notEncrypted(object, 'has other content now');
}

function notEncrypted(object: BucketObject, how: string): BackupError {
  return new BackupError(
    `The server does not encrypt with the customer's key (SSE-C): a worthless object, ${s3Url(object)}, was stored with a key, and ${how}.`,
    {
      exitCode: exitCode.mismatch,
      hint: 'Nothing private was stored. Use a server that supports SSE-C, or find out which proxy in front of it drops the key.',
    },
  );
}
