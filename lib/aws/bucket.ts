// Asks about the bucket: whether it exists, what it holds, whether it keeps versions, in which region it is.
import { BackupError, orFailure } from '../cli/errors.js';
import { getLocation, getVersioning, headBucket } from './arguments/bucket-arguments.js';
import { listFirst } from './arguments/list-arguments.js';
import type { AwsCli } from './aws-cli.js';
import { kindOfAwsError } from './errors/error-kinds.js';

/** @throws {AwsError} if the bucket belongs to another account, or can't be reached */
export async function bucketExists(aws: AwsCli): Promise<boolean> {
  const args = headBucket(aws.bucket);
  const answer = await aws.run(args);
  if (answer.exitCode === 0) return true;
  if (kindOfAwsError(answer.stderr) === 'not-found') return false;
  // The answer to a HEAD request has no reason. The answer to a listing has one, unless AWS CLI v1 hides it.
  if (/when calling the HeadBucket operation/.test(answer.stderr)) {
    const listArgs = listFirst(aws.bucket, '');
    const listed = await aws.run(listArgs);
    if (listed.exitCode !== 0 && kindOfAwsError(listed.stderr) !== 'no-message')
      throw aws.errorOf(listArgs, listed);
  }
  throw aws.errorOf(args, answer);
}

/**
 * The error for an object that was not found because its bucket does not exist.
 * @returns `undefined` if the bucket exists, or gives no answer
 */
export async function missingBucketError(aws: AwsCli): Promise<BackupError | undefined> {
  if ((await orFailure(bucketExists(aws))) !== false) return undefined;
  return new BackupError(`Download failed: there is no bucket "${aws.bucket}".`, {
    hint: 'Check its name, and that profile, region and endpoint are those of the backup.',
  });
}

/**
 * Finds out whether an object exists, by a listing of one key: `key` itself sorts before all keys that begin with it.
 * @throws {AwsError} if the bucket belongs to another account, or can't be reached
 */
export async function findObject(aws: AwsCli, key: string): Promise<'found' | 'none' | 'no bucket'> {
  const objects = await listFew(aws, key, 1);
  if (objects === 'no bucket') return objects;
  return objects.some((object) => object.Key === key) ? 'found' : 'none';
}

/** An object of a listing. */
interface ListedObject {
  readonly Key: string;
  /** ISO 8601. */
  readonly LastModified?: string;
}

/**
 * Lists the first objects, up to `count`, whose keys begin with `prefix`.
 * @throws {AwsError} if the bucket belongs to another account, or can't be reached
 */
export async function listFew(
  aws: AwsCli,
  prefix: string,
  count: number,
): Promise<readonly ListedObject[] | 'no bucket'> {
  const args = listFirst(aws.bucket, prefix, count);
  const answer = await aws.run(args);
  if (answer.exitCode !== 0) {
    const kind = kindOfAwsError(answer.stderr);
    // AWS CLI v1 hides the code of an error without a message, which some servers send. A HEAD request shows it.
    if (kind === 'not-found' || (kind === 'no-message' && !(await bucketExists(aws)))) return 'no bucket';
    throw aws.errorOf(args, answer);
  }
  if (answer.stdout.trim() === '') return [];
  const page = JSON.parse(answer.stdout) as { readonly Contents?: readonly ListedObject[] | null };
  return page.Contents ?? [];
}

/** If `enabled`, the bucket keeps deleted and overwritten objects as older versions. */
export type VersioningStatus = 'enabled' | 'suspended' | 'never';

/** `never` if the server does not implement it. @throws {AwsError} if the bucket can't be asked */
export async function versioningStatus(aws: AwsCli): Promise<VersioningStatus> {
  const args = getVersioning(aws.bucket);
  const answer = await aws.run(args);
  if (answer.exitCode !== 0) {
    if (kindOfAwsError(answer.stderr) === 'not-implemented') return 'never';
    throw aws.errorOf(args, answer);
  }
  return versioningIn(answer.stdout);
}

/** @param answer what `getVersioning` prints */
export function versioningIn(answer: string): VersioningStatus {
  const status = answer.trim();
  return status === 'Enabled' ? 'enabled' : status === 'Suspended' ? 'suspended' : 'never';
}

/** @throws {AwsError} if the bucket can't be asked */
export async function isVersioned(aws: AwsCli): Promise<boolean> {
  return (await versioningStatus(aws)) === 'enabled';
}

/** The answers for old buckets, and for us-east-1. */
const OLD_NAMES: Readonly<Record<string, string>> = { EU: 'eu-west-1', None: 'us-east-1' };

/** @returns `undefined` if there is no such bucket, or this user may not ask for its region */
export async function regionOfBucket(aws: AwsCli): Promise<string | undefined> {
  const answer = await aws.run(getLocation(aws.bucket));
  if (answer.exitCode !== 0) return undefined;
  const location = answer.stdout.trim();
  const region = OLD_NAMES[location] ?? location;
  // Other servers answer with names that are not regions.
  return /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? region : undefined;
}
