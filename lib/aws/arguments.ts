// The arguments of every call of the AWS CLI that moves data, as pure functions. No key: only the path of its
// descriptor. Listings are in list-arguments.ts, what is about a bucket as a whole in bucket-arguments.ts.
import { KEY_URL } from './key-descriptor.js';
import { literal } from './literal-argument.js';
import { OUTPUT_FILE } from './output-file.js';

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

/** The first and the last of some bytes, counted from 0. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const FIRST_BYTE: ByteRange = { first: 0, last: 0 };

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

/** How files are stored in the bucket. */
export interface UploadTarget {
  readonly bucket: string;
  /** '' or ends in a `/`. */
  readonly prefix: string;
  readonly storageClass: string;
}

/**
 * The original's flags, without `--acl`, and without `--delete`: what is deleted is decided by us. No `--exclude`: the
 * AWS CLI would walk through what it leaves out.
 */
export function sync(localDir: string, { bucket, prefix, storageClass }: UploadTarget): string[] {
  const target = s3Url({ bucket, key: prefix });
  return ['s3', 'sync', localDir, target, '--no-follow-symlinks', ...storedAs(storageClass)];
}

/** Uploads what the links in a folder lead to, under the links' names, whatever the bucket holds; tells each file. */
export function uploadAll(folder: string, { bucket, prefix, storageClass }: UploadTarget): string[] {
  const flags = ['--recursive', '--follow-symlinks', '--no-progress'];
  return ['s3', 'cp', folder, s3Url({ bucket, key: prefix }), ...flags, ...storedAs(storageClass)];
}

/** Uploads one file under any name. */
export function uploadOne(file: string, object: BucketObject, storageClass: string): string[] {
  return ['s3', 'cp', file, s3Url(object), '--no-progress', ...storedAs(storageClass)];
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
    return getObject(object, CUSTOMER_KEY, destination);
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

/** Reads some bytes of an object to `OUTPUT_FILE`: `s3 cp` knows no ranges. */
export function downloadRange(object: BucketObject, range: ByteRange): string[] {
  return getObject(object, [...rangeOf(range), ...CUSTOMER_KEY], OUTPUT_FILE);
}

/** Reads an object to nowhere, without a key: S3 must refuse it. An empty one has no byte to ask for. */
export function readWithoutKey(object: BucketObject): string[] {
  return getObject(object, [], '/dev/null');
}

/** Asks for one byte of an object without its key, to be told why it is refused: a HEAD request is answered without words. */
export function readByteWithoutKey(object: BucketObject): string[] {
  return getObject(object, rangeOf(FIRST_BYTE), '/dev/null');
}

/** Reads an object to nowhere with the key at the descriptor: S3 must refuse a wrong one. */
export function readWithKey(object: BucketObject): string[] {
  return getObject(object, CUSTOMER_KEY, '/dev/null');
}

/** The same for one byte. */
export function readByteWithKey(object: BucketObject): string[] {
  return getObject(object, [...rangeOf(FIRST_BYTE), ...CUSTOMER_KEY], '/dev/null');
}

function getObject(object: BucketObject, options: readonly string[], destination: string): string[] {
  return ['s3api', 'get-object', ...namesOf(object), ...options, destination];
}

function rangeOf({ first, last }: ByteRange): string[] {
  return [`--range=bytes=${first}-${last}`];
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
