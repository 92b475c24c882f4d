// The arguments of calls that list a bucket. A server that is asked for URL-encoded keys may ignore that: keys are
// decoded only if the answer says that they are encoded.
import { literalOption } from './object-arguments.js';

/** Prints the first keys that begin with `prefix`, as JSON; nothing if there are none. */
export function listFirst(bucket: string, prefix: string, count = 1): string[] {
  const page = ['--max-keys', `${count}`, '--no-paginate', '--output', 'json'];
  return ['s3api', 'list-objects-v2', '--bucket', bucket, literalOption('--prefix', prefix), ...page];
}

/** Key, size, time and entity tag. */
export type ObjectRow = readonly [string, number, string, string];

/**
 * Prints a line for each page, the JSON of its `ObjectRow`s; `null` for a page without objects. The AWS CLI asks for
 * encoded keys and decodes them, since no `--encoding-type` is given.
 */
export function listObjects(bucket: string, prefix: string): string[] {
  const names = ['--bucket', bucket, literalOption('--prefix', prefix)];
  const query = ['--query', 'to_string(Contents[].[Key,Size,LastModified,ETag])', '--output', 'text'];
  return ['s3api', 'list-objects-v2', ...names, ...query];
}

/** One page of a listing of versions, as JSON. */
export interface VersionsPage {
  readonly versions: readonly VersionRow[] | null;
  readonly deletions: readonly VersionRow[] | null;
  /** `url` if keys are URL-encoded. */
  readonly encoding?: string | null;
  /** Whether there is another page, and the key and version id after which it begins. */
  readonly next: readonly [boolean | null, string | null, string | null];
}

/** Key, version id, time, whether it is the latest, and the size; a delete marker has none. */
export type VersionRow = readonly [string, string, string, boolean, number?];

/** The version after which a page begins. */
export interface VersionMarker {
  readonly key: string;
  readonly versionId: string | null;
}

/**
 * Prints one `VersionsPage`. The AWS CLI is kept from paginating: it decodes all keys and the marker of the next page,
 * or none of them, but Ceph encodes all except the marker.
 */
export function listObjectVersions(bucket: string, prefix: string, after?: VersionMarker): string[] {
  const common = 'Key,VersionId,LastModified,IsLatest';
  const next = '[IsTruncated,NextKeyMarker,NextVersionIdMarker]';
  const query = `{versions:Versions[].[${common},Size],deletions:DeleteMarkers[].[${common}],encoding:EncodingType,next:${next}}`;
  const names = ['--bucket', bucket, literalOption('--prefix', prefix), '--encoding-type', 'url'];
  const format = ['--no-paginate', '--query', query, '--output', 'json'];
  return ['s3api', 'list-object-versions', ...names, ...format, ...(after ? startingAfter(after) : [])];
}

/** As JSON, in which the AWS CLI does not interpret a key such as `file://…`. */
function startingAfter({ key, versionId }: VersionMarker): string[] {
  const marker = { KeyMarker: key, ...(versionId !== null && { VersionIdMarker: versionId }) };
  return ['--cli-input-json', JSON.stringify(marker)];
}
