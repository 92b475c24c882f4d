// The arguments of every call of the AWS CLI that moves data, as pure functions. No key: only the path of its
// descriptor. Listings are in list-arguments.ts, what is about a bucket as a whole in bucket-arguments.ts.
import { KEY_URL } from './key-descriptor.js';
import { literal } from './literal-argument.js';

export interface AwsConnection {
  readonly profile: string;
  readonly region: string;
  readonly endpointUrl: string | undefined;
  /** Seconds for connecting and for reading; `undefined` leaves the AWS CLI's own. */
  readonly netTimeout: number | undefined;
}

/** An object, or one of its versions. */
export interface BucketObject {
  readonly bucket: string;
  readonly key: string;
  /** `null` (the word) for one that is older than versioning; `undefined`: what is there now. */
  readonly versionId?: string | undefined;
}

const SSE_C = ['--sse-c', 'AES256', '--sse-c-key', KEY_URL];
/** The same for `aws s3api`. */
const CUSTOMER_KEY = ['--sse-customer-algorithm', 'AES256', '--sse-customer-key', KEY_URL];

export function connectionArguments(connection: AwsConnection): string[] {
  const { profile, region, endpointUrl, netTimeout } = connection;
  return [
    '--profile',
    profile,
    '--output',
    'text',
    '--region',
    region,
    ...(netTimeout === undefined
      ? []
      : ['--cli-read-timeout', `${netTimeout}`, '--cli-connect-timeout', `${netTimeout}`]),
    ...(endpointUrl === undefined ? [] : ['--endpoint-url', endpointUrl]),
  ];
}

export function s3Url({ bucket, key }: BucketObject): string {
  return `s3://${bucket}/${key}`;
}

export interface Upload {
  readonly localDir: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly followSymlinks: boolean;
  readonly storageClass: string;
  /** Patterns of the AWS CLI, relative to the directory. */
  readonly exclude: readonly string[];
}

/** The original's flags, without `--acl`, and without `--delete`: what is deleted is decided by us. */
export function sync(upload: Upload): string[] {
  const { localDir, bucket, prefix, followSymlinks, storageClass, exclude } = upload;
  return [
    's3',
    'sync',
    localDir,
    s3Url({ bucket, key: prefix }),
    // The AWS CLI begins the paths of files below `/` with `//`, and those of the patterns for them with `/`.
    ...exclude.map((pattern) => `--exclude=${localDir === '/' ? '//' : ''}${pattern}`),
    ...(followSymlinks ? [] : ['--no-follow-symlinks']),
    ...storedAs(storageClass),
  ];
}

/** Uploads every file below `directory`, through links, whatever the bucket holds. */
export function uploadAll(directory: string, target: BucketObject, storageClass: string): string[] {
  const flags = ['--recursive', '--follow-symlinks', '--only-show-errors'];
  return ['s3', 'cp', directory, s3Url(target), ...flags, ...storedAs(storageClass)];
}

/** Stores standard input as one object. */
export function putFromStdin(object: BucketObject, storageClass: string): string[] {
  return ['s3', 'cp', '-', s3Url(object), ...storedAs(storageClass), '--only-show-errors'];
}

function storedAs(storageClass: string): string[] {
  return [
    '--no-guess-mime-type',
    ...SSE_C,
    '--storage-class',
    storageClass,
    '--content-type',
    'application/octet-stream',
  ];
}

/**
 * For downloads to files, which the AWS CLI gives the time of their objects. It computes it by way of local time, and
 * is an hour off in Dublin, as for old objects wherever the zone's rules have changed since.
 */
export const IN_UTC: NodeJS.ProcessEnv = { TZ: 'UTC' };

/** To a file, or to standard output with `-`; a version only to a file. */
export function download(object: BucketObject, destination: string): string[] {
  if (object.versionId !== undefined) {
    return ['s3api', 'get-object', ...namesOf(object), ...CUSTOMER_KEY, destination];
  }
  return ['s3', 'cp', s3Url(object), destination, ...SSE_C, '--only-show-errors'];
}

/** @throws {BackupError} for a name that the AWS CLI would not send as it is */
function namesOf({ bucket, key, versionId }: BucketObject): string[] {
  const version = versionId === undefined ? [] : [literal('--version-id', versionId)];
  return ['--bucket', bucket, literal('--key', key), ...version];
}

/**
 * Every object below `source` to a directory, under its key; what is there already with the same size, and is not
 * newer than the object, is left alone.
 */
export function downloadAll(source: BucketObject, directory: string, exclude: readonly string[]): string[] {
  return ['s3', 'sync', s3Url(source), directory, ...exclude.map((it) => `--exclude=${it}`), ...SSE_C];
}

/** Asks for an object without its key, and gets no content. */
export function headWithoutKey(object: BucketObject): string[] {
  return ['s3api', 'head-object', ...namesOf(object)];
}

/** Reads an object to nowhere, without a key: S3 must refuse it. */
export function readWithoutKey(object: BucketObject): string[] {
  return ['s3api', 'get-object', ...namesOf(object), '/dev/null'];
}

/** Asks for one byte of an object without its key, to be told why it is refused: a HEAD request is answered without words. */
export function readByteWithoutKey(object: BucketObject): string[] {
  return ['s3api', 'get-object', ...namesOf(object), '--range=bytes=0-0', '/dev/null'];
}

/** The same with the key at the descriptor. */
export function readByteWithKey(object: BucketObject): string[] {
  return [...readByteWithoutKey(object), ...CUSTOMER_KEY];
}

/** Reads an object to nowhere with the key at the descriptor: S3 must refuse a wrong one. */
export function readWithKey(object: BucketObject): string[] {
  return [...readWithoutKey(object), ...CUSTOMER_KEY];
}

/** Asks for an object with its key, and gets no content. */
export function headWithKey(object: BucketObject): string[] {
  return [...headWithoutKey(object), ...CUSTOMER_KEY];
}

/** Prints the version id of what is there now; `None` in a bucket without versions. */
export function readVersionId(object: BucketObject): string[] {
  return [...headWithKey(object), '--query', 'VersionId'];
}

/** @param file holds the keys, perhaps with version ids, as the AWS CLI's JSON */
export function deleteObjects(bucket: string, file: string): string[] {
  return ['s3api', 'delete-objects', '--bucket', bucket, '--delete', `file://${file}`, '--output', 'json'];
}

/** Puts a delete marker on top; or removes one version for good. */
export function deleteObject(object: BucketObject): string[] {
  return ['s3api', 'delete-object', ...namesOf(object)];
}
