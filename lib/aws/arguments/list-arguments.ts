// The arguments of the calls that list what is in a bucket, as pure functions.
import { literalOption } from './literal-argument.js';

/** A line per object: key (URL-encoded, so that it is a line), size, time and entity tag, between tabs. */
export function listObjects(bucket: string, prefix: string): string[] {
  const query = ['--query', 'Contents[].[Key,Size,LastModified,ETag]', '--output', 'text'];
  return [
    's3api',
    'list-objects-v2',
    '--bucket',
    bucket,
    literalOption('--prefix', prefix),
    '--encoding-type',
    'url',
    ...query,
  ];
}

/** Of one page of a listing of versions, as JSON. Keys are URL-encoded. */
export interface VersionsPage {
  readonly versions: readonly VersionRow[] | null;
  readonly deletions: readonly VersionRow[] | null;
  /** Whether there is another page, and after which key and version it begins. */
  readonly next: readonly [boolean | null, string | null, string | null];
}

/** Key, version id, time, whether it is the latest, and of what is no delete marker the size. */
export type VersionRow = readonly [string, string, string, boolean, number?];

/** A page of versions begins after this one. */
export interface VersionMarker {
  readonly key: string;
  readonly versionId: string | null;
}

/**
 * Prints a `VersionsPage`. The AWS CLI is not left to go on from page to page: it sends back the marker of the next
 * one as S3 has encoded it, and gets another page than the next.
 */
export function listObjectVersions(bucket: string, prefix: string, after?: VersionMarker): string[] {
  const common = 'Key,VersionId,LastModified,IsLatest';
  const next = '[IsTruncated,NextKeyMarker,NextVersionIdMarker]';
  const query = `{versions:Versions[].[${common},Size],deletions:DeleteMarkers[].[${common}],next:${next}}`;
  const names = ['--bucket', bucket, literalOption('--prefix', prefix), '--encoding-type', 'url'];
  const format = ['--no-paginate', '--query', query, '--output', 'json'];
  return ['s3api', 'list-object-versions', ...names, ...format, ...(after ? startingAfter(after) : [])];
}

/** In JSON, the AWS CLI expands nothing: a key may begin with `file://`. */
function startingAfter({ key, versionId }: VersionMarker): string[] {
  const marker = { KeyMarker: key, ...(versionId !== null && { VersionIdMarker: versionId }) };
  return ['--cli-input-json', JSON.stringify(marker)];
}
