// The arguments of calls that concern a bucket as a whole, and commands for the user to paste.

/** For commands in hints. */
export interface BucketAccess {
  readonly bucket: string;
  readonly profile: string;
}

/** The beginning of a command for the user, with the profile in use. */
export function bucketCommand(operation: string, { bucket, profile }: BucketAccess): string {
  const as = profile === 'default' ? '' : ` --profile ${profile}`;
  return `aws s3api ${operation}${as} --bucket ${bucket}`;
}

/** A bucket's encryption settings: S3's default, and SSE-C is not blocked. */
export const SSE_C_ALLOWED =
  '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BlockedEncryptionTypes":{"EncryptionType":["NONE"]}}]}';

export function headBucket(bucket: string): string[] {
  return ['s3api', 'head-bucket', '--bucket', bucket];
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

/** The original scripts' rule, for a new bucket: it replaces all others. */
export function putLifecycle(bucket: string, retentionDays: number): string[] {
  const rule = {
    ID: `Purge deleted objects older than ${retentionDays} days`,
    Filter: { Prefix: '' },
    Status: 'Enabled',
    Expiration: { ExpiredObjectDeleteMarker: true },
    NoncurrentVersionExpiration: { NoncurrentDays: retentionDays },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
  };
  const configuration = ['--lifecycle-configuration', JSON.stringify({ Rules: [rule] })];
  return ['s3api', 'put-bucket-lifecycle-configuration', '--bucket', bucket, ...configuration];
}

export function allowSseC(bucket: string): string[] {
  const configuration = ['--server-side-encryption-configuration', SSE_C_ALLOWED];
  return ['s3api', 'put-bucket-encryption', '--bucket', bucket, ...configuration];
}
