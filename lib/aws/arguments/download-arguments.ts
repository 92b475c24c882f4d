// The arguments of calls that read objects.
import { type BucketObject, CUSTOMER_KEY, namesOf, SSE_C, s3Url } from './object-arguments.js';

/** Offsets of the first and the last byte. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const FIRST_BYTE: ByteRange = { first: 0, last: 0 };

/**
 * A descriptor that the child inherits, after standard input, output and error, the encryption key and the lock:
 * `get-object` writes the content there, and prints a description on standard output. It has to be that of a file: Node's
 * pipes can't be opened as /dev/fd/N.
 */
const OUTPUT_FILE = '/dev/fd/5';

/**
 * For downloads to files, whose mtime the AWS CLI sets to the time of the object. It computes that through local time, and
 * is an hour off where the time zone's rules have changed since, and in Dublin.
 */
export const IN_UTC: NodeJS.ProcessEnv = { TZ: 'UTC' };

/** To a file, or with `-` to standard output; a version only to a file. */
export function download(object: BucketObject, destination: string): string[] {
  if (object.versionId !== undefined) return getObject(object, CUSTOMER_KEY, destination);
  return ['s3', 'cp', s3Url(object), destination, ...SSE_C, '--only-show-errors'];
}

/**
 * Every object below `source` to a file of its key in `directory`. A file of the same size that is not newer than the
 * object is left as it is.
 */
export function downloadAll(source: BucketObject, directory: string, exclude: readonly string[]): string[] {
  const excluded = exclude.map((it) => `--exclude=${it}`);
  // Without it, the AWS CLI leaves out archived objects, readable or not.
  return ['s3', 'sync', s3Url(source), directory, ...excluded, ...SSE_C, '--force-glacier-transfer'];
}

/** One of an object's versions to the call's `outputFile`: `s3 cp` has no versions. */
export function downloadVersion(object: BucketObject): string[] {
  return getObject(object, CUSTOMER_KEY, OUTPUT_FILE);
}

/** Bytes of an object to the call's `outputFile`: `s3 cp` has no ranges. */
export function downloadRange(object: BucketObject, range: ByteRange): string[] {
  return getObject(object, [...rangeOf(range), ...CUSTOMER_KEY], OUTPUT_FILE);
}

/** Reads an object without its key, which S3 must refuse; it goes nowhere. */
export function readWithoutKey(object: BucketObject): string[] {
  return getObject(object, [], '/dev/null');
}

/** The same for one byte, which an empty object does not have. S3 says why it refuses; to a HEAD request, it does not. */
export function readByteWithoutKey(object: BucketObject): string[] {
  return getObject(object, rangeOf(FIRST_BYTE), '/dev/null');
}

/** Reads an object with the call's key, which S3 must refuse if it is a wrong one; it goes nowhere. */
export function readWithKey(object: BucketObject): string[] {
  return getObject(object, CUSTOMER_KEY, '/dev/null');
}

/** The same for one byte, which an empty object does not have. */
export function readByteWithKey(object: BucketObject): string[] {
  return getObject(object, [...rangeOf(FIRST_BYTE), ...CUSTOMER_KEY], '/dev/null');
}

export function headWithoutKey(object: BucketObject): string[] {
  return ['s3api', 'head-object', ...namesOf(object)];
}

export function headWithKey(object: BucketObject): string[] {
  return [...headWithoutKey(object), ...CUSTOMER_KEY];
}

/** Prints a JSON object: what the bucket knows of the object, its checksum included if it was stored with one. */
export function headWithChecksum(object: BucketObject): string[] {
  return [...headWithKey(object), '--checksum-mode', 'ENABLED', '--output', 'json'];
}

/** Prints the id of the current version, `None` in a bucket without versioning, and when it was stored. */
export function readVersionId(object: BucketObject): string[] {
  return [...headWithKey(object), '--query', '[VersionId,LastModified]'];
}

function getObject(object: BucketObject, options: readonly string[], destination: string): string[] {
  return ['s3api', 'get-object', ...namesOf(object), ...options, destination];
}

function rangeOf({ first, last }: ByteRange): string[] {
  return [`--range=bytes=${first}-${last}`];
}
