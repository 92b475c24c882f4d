// The arguments of every call that is about a bucket, as pure functions.
import { SSE_C_ALLOWED } from '../aws-error.js';
import { literalOption } from './literal-argument.js';

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
  return [
    's3api',
    'put-bucket-versioning',
    '--bucket',
    bucket,
    '--versioning-configuration',
    'Status=Enabled',
  ];
}

/** Prints `Enabled`, `Suspended` or `None`. */
export function getVersioning(bucket: string): string[] {
  return ['s3api', 'get-bucket-versioning', '--bucket', bucket, '--query', 'Status', '--output', 'text'];
}

/** The original's rule; a new bucket has no other that this could replace. */
export function putLifecycle(bucket: string, retentionDays: number): string[] {
  const rule = {
    ID: `Purge deleted objects older than ${retentionDays} days`,
    Filter: { Prefix: '' },
    Status: 'Enabled',
    Expiration: { ExpiredObjectDeleteMarker: true },
    NoncurrentVersionExpiration: { NoncurrentDays: retentionDays },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
  };
  const configuration = JSON.stringify({ Rules: [rule] });
  return [
    's3api',
    'put-bucket-lifecycle-configuration',
    '--bucket',
    bucket,
    '--lifecycle-configuration',
    configuration,
  ];
}

export function allowSseC(bucket: string): string[] {
  return [
    's3api',
    'put-bucket-encryption',
    '--bucket',
    bucket,
    '--server-side-encryption-configuration',
    SSE_C_ALLOWED,
  ];
}

/** The first keys that begin with `prefix`: enough to know whether there is one. */
export function listFirst(bucket: string, prefix: string): string[] {
  return [
    's3api',
    'list-objects-v2',
    '--bucket',
    bucket,
    literalOption('--prefix', prefix),
    '--max-keys',
    '1',
    '--no-paginate',
    '--output',
    'json',
  ];
}
