// Every version below a prefix, deletions included, as a stream: the history that the bucket keeps.
import { BackupError } from '../cli/errors.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import {
  listObjectVersions,
  type VersionMarker,
  type VersionRow,
  type VersionsPage,
} from './arguments/list-arguments.js';
import { isVersionId } from './arguments/object-arguments.js';
import type { AwsCli } from './aws-cli.js';
import { explainDenial } from './aws-error.js';
import { decodeKey, RESERVED_PREFIX } from './listing.js';

const DENIAL =
  "The profile's user needs s3:ListBucketVersions for the bucket, or the bucket belongs to another account.";

export interface ObjectVersion {
  /** Relative to the prefix. */
  readonly key: Bytes;
  /** `null` (the word) for what was stored without versioning. */
  readonly versionId: string;
  /** Milliseconds since the epoch; Amazon's are whole seconds. */
  readonly lastModified: number;
  /** Whether it is what a reader gets that asks for no version. */
  readonly isLatest: boolean;
  /** Bytes; `undefined` for a delete marker. */
  readonly size: number | undefined;
}

/**
 * Hands the versions below `prefix` to `read`, in the order of the keys' bytes and of each key the newest first,
 * without the backup's own below an empty prefix. Holds a page of them.
 * @throws {AwsError} if the listing failed
 */
export function listVersions<T>(
  aws: AwsCli,
  prefix: string,
  read: (versions: AsyncGenerator<ObjectVersion>) => Promise<T>,
): Promise<T> {
  return read(parseVersions(pagesOf(aws, prefix), prefix));
}

/** What the server says, page by page. */
async function* pagesOf(aws: AwsCli, prefix: string): AsyncGenerator<VersionsPage> {
  let after: VersionMarker | undefined;
  do {
    const args = listObjectVersions(aws.bucket, prefix, after);
    const { stdout } = await explainDenial(DENIAL, () => aws.runOrThrow(args));
    const page = parsePage(stdout);
    yield page;
    after = nextMarker(page);
  } while (after !== undefined);
}

function parsePage(text: string): VersionsPage {
  try {
    const page = JSON.parse(text) as Partial<VersionsPage> | null;
    if (Array.isArray(page?.next)) return page as VersionsPage;
  } catch {
    // Told below.
  }
  throw notFromS3('');
}

/**
 * Where the next page begins; `undefined` if there is none. The key is that of the last row; Amazon's servers write it
 * as URL-encoded as the row's, others as it is.
 */
export function nextMarker({ versions, deletions, next }: VersionsPage): VersionMarker | undefined {
  const [isTruncated, marker, versionId] = next;
  if (!isTruncated) return undefined;
  if (marker === null) throw notFromS3('');
  const last = [versions, deletions].flatMap((rows) => rows?.at(-1)?.[0] ?? []);
  return { key: last.includes(marker) ? textOf(decodeKey(marker)) : marker, versionId };
}

/** @throws {BackupError} at what is no listing, or is not in order */
export async function* parseVersions(
  pages: AsyncGenerator<VersionsPage>,
  prefix: string,
): AsyncGenerator<ObjectVersion> {
  const prefixBytes = bytesOf(prefix);
  let previous = '';
  let last = '';
  for await (const { versions, deletions } of pages) {
    const page = [...(versions ?? []), ...(deletions ?? [])].map(versionOf).sort(compare);
    // A server that begins a page anew would do so for ever.
    const identity = JSON.stringify(page.at(-1) ?? '');
    if (page.length > 0 && identity === last) throw notFromS3(page.at(-1)?.key ?? '');
    last = identity;
    for (const version of page) {
      if (!version.key.startsWith(prefixBytes) || version.key < previous) throw notFromS3(version.key);
      previous = version.key;
      if (prefix === '' && version.key.startsWith(RESERVED_PREFIX)) continue;
      yield { ...version, key: version.key.slice(prefixBytes.length) as Bytes };
    }
  }
}

/** Where S3's whole seconds do not tell, a version counts as newer than a deletion. */
function compare(a: ObjectVersion, b: ObjectVersion): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return Number(b.isLatest) - Number(a.isLatest) || b.lastModified - a.lastModified;
}

function versionOf([encoded, versionId, time, isLatest, size]: VersionRow): ObjectVersion {
  const key = decodeKey(String(encoded));
  const lastModified = Date.parse(time);
  const isSize = size === undefined || Number.isSafeInteger(size);
  if (Number.isNaN(lastModified) || !isSize) throw notFromS3(key);
  if (!isVersionId(versionId)) throw noVersionId(key, versionId);
  return { key, versionId, lastModified, isLatest, size };
}

/** @param id whatever the server sent in its place */
function noVersionId(key: string, id: unknown): BackupError {
  const shown = JSON.stringify(id)?.slice(0, 100);
  return new BackupError(
    `The server's listing of versions has ${shown} for the version id of "${textOf(key as Bytes)}", which no S3 server would send.`,
    {
      hint: 'It is not used. Find out what is wrong with the server, or whether it is the one that you mean.',
    },
  );
}

function notFromS3(key: string): BackupError {
  return new BackupError(
    `The server's listing of versions is not what S3 would send, near "${textOf(key as Bytes)}".`,
    {
      hint: 'A server that lists keys in another order than S3 cannot be used.',
    },
  );
}
