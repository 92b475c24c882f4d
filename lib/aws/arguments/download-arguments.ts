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
 * `get-object` writes the content there, since it prints a description on standard output. It must be a file: Node's
 * pipes can't be opened as /dev/fd/N.
 */
const OUTPUT_FILE = '/dev/fd/5';

/**
 * For downloads to files: the AWS CLI sets their mtime to the time of the object. It converts that through local time,
 * which is an hour off where the time zone's rules have changed since, and in Dublin.
 */
export const IN_UTC: NodeJS.ProcessEnv = { TZ: 'UTC' };

/** Downloads to a file, or with `-` to standard output; a version only to a file. */
export function download(object: BucketObject, destination: string): string[] {
  if (object.versionId !== undefined) return getObject(object, CUSTOMER_KEY, destination);
  return ['s3', 'cp', s3Url(object), destination, ...SSE_C, '--only-show-errors'];
}

/**
 * Downloads every object below `source` to a file named by its key in `directory`. Skips a file of the same size that
 * is not newer than the object.
 */
export function downloadAll(source: BucketObject, directory: string, exclude: readonly string[]): string[] {
  const excluded = exclude.map((it) => `--exclude=${it}`);
  // Without the last option, the AWS CLI skips archived objects, readable or not.
  return ['s3', 'sync', s3Url(source), directory, ...excluded, ...SSE_C, '--force-glacier-transfer'];
}

/** Downloads a version to the call's `outputFile`, since `s3 cp` has no versions. */
export function downloadVersion(object: BucketObject): string[] {
  return getObject(object, CUSTOMER_KEY, OUTPUT_FILE);
}

/** Downloads a range of bytes to the call's `outputFile`, since `s3 cp` has no ranges. */
export function downloadRange(object: BucketObject, range: ByteRange): string[] {
  return getObject(object, [...rangeOf(range), ...CUSTOMER_KEY], OUTPUT_FILE);
}

/** Reads an object without its key, which S3 must refuse. Discards the content. */
export function readWithoutKey(object: BucketObject): string[] {
  return getObject(object, [], '/dev/null');
}

/** `readWithoutKey` for one byte, which an empty object lacks. S3 gives a reason, as it does not for a HEAD request. */
export function readByteWithoutKey(object: BucketObject): string[] {
  return getObject(object, rangeOf(FIRST_BYTE), '/dev/null');
}

/** Reads an object with the call's key, which S3 must refuse if the key is wrong. Discards the content. */
export function readWithKey(object: BucketObject): string[] {
  return getObject(object, CUSTOMER_KEY, '/dev/null');
}

/** `readWithKey` for one byte, which an empty object lacks. */
export function readByteWithKey(object: BucketObject): string[] {
  return getObject(object, [...rangeOf(FIRST_BYTE), ...CUSTOMER_KEY], '/dev/null');
}

export function headWithoutKey(object: BucketObject): string[] {
  return ['s3api', 'head-object', ...namesOf(object)];
}

export function headWithKey(object: BucketObject): string[] {
  return [...headWithoutKey(object), ...CUSTOMER_KEY];
}

/** Prints the object's metadata as JSON, with its checksum if it was stored with one. */
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
