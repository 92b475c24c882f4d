// The arguments of calls that read objects, as pure functions.
import { type BucketObject, CUSTOMER_KEY, namesOf, SSE_C, s3Url } from './object-arguments.js';
import { OUTPUT_FILE } from './output-file.js';

/** The first and the last of some bytes, counted from 0. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const FIRST_BYTE: ByteRange = { first: 0, last: 0 };

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
