// The bucket: there already and left as it is, or made, with history and with SSE-C allowed.
import { fileURLToPath } from 'node:url';
import { BackupError } from '../cli/errors.js';
import {
  allowSseC,
  createBucket,
  enableVersioning,
  getVersioning,
  headBucket,
  putLifecycle,
} from './arguments/bucket-arguments.js';
import { listFirst } from './arguments/list-arguments.js';
import type { AwsCli } from './aws-cli.js';
import { kindOfAwsError } from './error-kinds.js';

/** What an AWS CLI that predates BlockedEncryptionTypes (v1 1.43.0, v2 2.32.0) needs to send it. */
const NEWER_MODEL = fileURLToPath(new URL('../../../lib/aws/cli-model', import.meta.url));

export interface NewBucket {
  readonly region: string;
  readonly retentionDays: number;
}

/** @throws {AwsError} if the bucket is another account's, or can't be reached */
export async function bucketExists(aws: AwsCli): Promise<boolean> {
  const args = headBucket(aws.bucket);
  const answer = await aws.run(args);
  if (answer.exitCode === 0) return true;
  if (kindOfAwsError(answer.stderr) === 'not-found') return false;
  throw aws.errorOf(args, answer);
}

/**
 * Why nothing was found, if it is for want of the bucket: one that does not exist answers like one without the object.
 * @returns `undefined` if it exists, or may do
 */
export async function missingBucketError(aws: AwsCli): Promise<BackupError | undefined> {
  try {
    if (await bucketExists(aws)) return undefined;
  } catch (error) {
    if (error instanceof BackupError) return undefined;
    throw error;
  }
  return new BackupError(`Download failed: there is no bucket "${aws.bucket}".`, {
    hint: 'Check its name, and that the profile, region and endpoint are those of the backup.',
  });
}

/**
 * Makes the bucket, with history and with SSE-C allowed.
 * @param log told what was done, and what the server does not implement
 * @throws {AwsError} if it can't be made
 */
export async function makeBucket(
  aws: AwsCli,
  settings: NewBucket,
  log: (message: string) => void,
): Promise<void> {
  const { bucket } = aws;
  log(`The S3 bucket "${bucket}" does not exist. Creating it...`);
  await aws.runOrThrow(createBucket(bucket, settings.region));
  await setUp(aws, 'versioning', enableVersioning(bucket), log);
  await setUp(aws, 'the lifecycle rule', putLifecycle(bucket, settings.retentionDays), log);
  await permitSseC(aws, log);
}

/** A server that does not implement a setting is told in the log; any other failure leaves half a bucket. */
async function setUp(
  aws: AwsCli,
  what: string,
  args: string[],
  log: (message: string) => void,
): Promise<void> {
  const answer = await aws.run(args);
  if (answer.exitCode === 0) return;
  if (kindOfAwsError(answer.stderr) === 'not-implemented') {
    log(`The server does not implement ${what}; the bucket is used without: ${answer.stderr}`);
    return;
  }
  const failure = aws.errorOf(args, answer);
  throw new BackupError(failure.message, {
    hint: `The bucket "${aws.bucket}" was made, but is without ${what}. Get the permission that is missing, delete the empty bucket ("aws s3api delete-bucket --bucket ${aws.bucket}"), and run the command again.`,
    cause: failure,
  });
}

/** Only AWS blocks SSE-C, and a write that is blocked says so: here, no failure stops the run. */
async function permitSseC(aws: AwsCli, log: (message: string) => void): Promise<void> {
  const args = allowSseC(aws.bucket);
  let answer = await aws.run(args);
  if (kindOfAwsError(answer.stderr) === 'unknown-parameter') {
    answer = await aws.run(args, { environment: { AWS_DATA_PATH: NEWER_MODEL } });
  }
  if (answer.exitCode !== 0) log(`SSE-C was not allowed explicitly in the new bucket: ${answer.stderr}`);
}

/**
 * Whether there is an object of exactly this key (it is the first of all keys that begin with it), and a bucket.
 * @throws {AwsError} if the bucket is another account's, or can't be reached
 */
export async function findObject(aws: AwsCli, key: string): Promise<'found' | 'none' | 'no bucket'> {
  const args = listFirst(aws.bucket, key);
  const answer = await aws.run(args);
  if (answer.exitCode !== 0) {
    if (kindOfAwsError(answer.stderr) === 'not-found') return 'no bucket';
    // AWS CLI v1 hides the code of an error without a message, as some servers send it: a HEAD request tells.
    if (await bucketExists(aws)) throw aws.errorOf(args, answer);
    return 'no bucket';
  }
  if (answer.stdout.trim() === '') return 'none';
  const page = JSON.parse(answer.stdout) as {
    readonly Contents?: readonly { readonly Key: string }[] | null;
  };
  return page.Contents?.some((object) => object.Key === key) ? 'found' : 'none';
}

/** Where it is 'enabled', what is deleted or overwritten stays in the bucket as an older version. */
export type VersioningStatus = 'enabled' | 'suspended' | 'never';

/**
 * A server that does not know the question has never had versioning.
 * @throws {AwsError} if the bucket could not be asked
 */
export async function versioningStatus(aws: AwsCli): Promise<VersioningStatus> {
  const args = getVersioning(aws.bucket);
  const answer = await aws.run(args);
  if (answer.exitCode !== 0) {
    if (kindOfAwsError(answer.stderr) === 'not-implemented') return 'never';
    throw aws.errorOf(args, answer);
  }
  const status = answer.stdout.trim();
  return status === 'Enabled' ? 'enabled' : status === 'Suspended' ? 'suspended' : 'never';
}

/** @throws {AwsError} if the bucket could not be asked */
export async function isVersioned(aws: AwsCli): Promise<boolean> {
  return (await versioningStatus(aws)) === 'enabled';
}
