// The arguments of calls that concern a whole bucket, and commands for the user to paste.
import type { Lifecycle } from '../bucket-settings/lifecycle.js';

/** The parts of a command that a hint shows. */
export interface BucketAccess {
  readonly bucket: string;
  readonly profile: string;
}

/** The beginning of a command for the user, with the profile in use. */
export function bucketCommand(operation: string, { bucket, profile }: BucketAccess): string {
  const as = profile === 'default' ? '' : ` --profile ${profile}`;
  return `aws s3api ${operation}${as} --bucket ${bucket}`;
}

export function headBucket(bucket: string): string[] {
  return ['s3api', 'head-bucket', '--bucket', bucket];
}

/** Fails with 403 if the bucket is not that account's. @param account its number */
export function headBucketOf(bucket: string, account: string): string[] {
  return [...headBucket(bucket), '--expected-bucket-owner', account];
}

/** Prints the number of the account, and the name of the user or role. */
export function getCallerIdentity(): string[] {
  return ['sts', 'get-caller-identity', '--query', '[Account,Arn]', '--output', 'text'];
}

/** us-east-1 takes no LocationConstraint. No `--acl`: objects are private without it. */
export function createBucket(bucket: string, region: string): string[] {
  const location =
    region === 'us-east-1' ? [] : ['--create-bucket-configuration', `LocationConstraint=${region}`];
  return ['s3api', 'create-bucket', '--bucket', bucket, ...location];
}

export function enableVersioning(bucket: string): string[] {
  const configuration = ['--versioning-configuration', 'Status=Enabled'];
  return ['s3api', 'put-bucket-versioning', '--bucket', bucket, ...configuration];
}

/** Prints the region; `None` means us-east-1. */
export function getLocation(bucket: string): string[] {
  return ['s3api', 'get-bucket-location', '--bucket', bucket, '--query', 'LocationConstraint'];
}

/** Prints `Enabled`, `Suspended` or `None`. */
export function getVersioning(bucket: string): string[] {
  return ['s3api', 'get-bucket-versioning', '--bucket', bucket, '--query', 'Status', '--output', 'text'];
}

/** Replaces all rules. */
export function putLifecycle(
  bucket: string,
  { Rules, TransitionDefaultMinimumObjectSize }: Lifecycle,
): string[] {
  const transition =
    TransitionDefaultMinimumObjectSize === undefined
      ? []
      : ['--transition-default-minimum-object-size', TransitionDefaultMinimumObjectSize];
  return [...putLifecycleText(bucket, JSON.stringify({ Rules })), ...transition];
}

/** @param rules JSON, or the URL of a file with it */
export function putLifecycleText(bucket: string, rules: string): string[] {
  return [
    's3api',
    'put-bucket-lifecycle-configuration',
    '--bucket',
    bucket,
    '--lifecycle-configuration',
    rules,
  ];
}

/** Prints JSON, as the next three calls do. */
export function getLifecycle(bucket: string): string[] {
  return ['s3api', 'get-bucket-lifecycle-configuration', '--bucket', bucket, '--output', 'json'];
}

export function getEncryption(bucket: string): string[] {
  return ['s3api', 'get-bucket-encryption', '--bucket', bucket, '--output', 'json'];
}

export function getPublicAccessBlock(bucket: string): string[] {
  return ['s3api', 'get-public-access-block', '--bucket', bucket, '--output', 'json'];
}

export function getObjectLock(bucket: string): string[] {
  return ['s3api', 'get-object-lock-configuration', '--bucket', bucket, '--output', 'json'];
}

export function putPublicAccessBlock(bucket: string, block: Readonly<Record<string, boolean>>): string[] {
  const settings = Object.entries(block).map(([name, isOn]) => `${name}=${isOn}`);
  const configuration = ['--public-access-block-configuration', settings.join(',')];
  return ['s3api', 'put-public-access-block', '--bucket', bucket, ...configuration];
}

/** Replaces the default encryption, and the list of blocked kinds. */
export function putEncryption(bucket: string, Rules: readonly object[]): string[] {
  const configuration = ['--server-side-encryption-configuration', JSON.stringify({ Rules })];
  return ['s3api', 'put-bucket-encryption', '--bucket', bucket, ...configuration];
}
