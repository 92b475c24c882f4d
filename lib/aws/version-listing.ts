// Lists all versions and delete markers below a prefix, as a stream in the order of the keys' bytes.
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
import { notFromS3, RESERVED_PREFIX } from './listing.js';

const LISTING = 'listing of versions';

export interface ObjectVersion {
  /** Relative to the prefix. */
  readonly key: Bytes;
  /** The word `null` for an object that was stored without versioning. */
  readonly versionId: string;
  /** Milliseconds since the epoch; in whole seconds at Amazon. */
  readonly lastModified: number;
  /** True for the current version, or a delete marker in its place. */
  readonly isLatest: boolean;
  /** Bytes; `undefined` for a delete marker. */
  readonly size: number | undefined;
}

/**
 * Passes the versions below `prefix` to `read`, sorted by key, the newest of each key first. An empty prefix excludes
 * `RESERVED_PREFIX`. Memory holds one page.
 * @returns what `read` returns
 * @throws {AwsError} if the listing fails
 */
export function listVersions<T>(
  aws: AwsCli,
  prefix: string,
  read: (versions: AsyncGenerator<ObjectVersion>) => Promise<T>,
): Promise<T> {
  return read(parseVersions(pagesOf(aws, prefix), prefix));
}

async function* pagesOf(aws: AwsCli, prefix: string): AsyncGenerator<VersionsPage> {
  let after: VersionMarker | undefined;
  do {
    const args = listObjectVersions(aws.bucket, prefix, after);
    const { stdout } = await aws.runOrThrow(args);
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
    // Thrown below.
  }
  throw notFromS3(LISTING, '' as Bytes);
}

/**
 * Where the next page begins; `undefined` after the last one. The marker is the key of the page's last row: Amazon
 * encodes it as in the row, Ceph does not encode it.
 */
export function nextMarker(page: VersionsPage): VersionMarker | undefined {
  const { versions, deletions, next } = page;
  const [isTruncated, marker, versionId] = next;
  if (!isTruncated) return undefined;
  if (marker === null) throw notFromS3(LISTING, '' as Bytes);
  const last = [versions, deletions].flatMap((rows) => rows?.at(-1)?.[0] ?? []);
  return { key: last.includes(marker) ? textOf(keyOf(marker, page)) : marker, versionId };
}

/** @throws {BackupError} if a row is not a version below `prefix`, or not in order */
export async function* parseVersions(
  pages: AsyncGenerator<VersionsPage>,
  prefix: string,
): AsyncGenerator<ObjectVersion> {
  const prefixBytes = bytesOf(prefix);
  let previous = '';
  let last = '';
  for await (const listed of pages) {
    const rows = [...(listed.versions ?? []), ...(listed.deletions ?? [])];
    const page = rows.map((row) => versionOf(row, listed)).sort(compare);
    // A server that sends the same page twice would send it forever.
    const identity = JSON.stringify(page.at(-1) ?? '');
    if (page.length > 0 && identity === last) throw notFromS3(LISTING, page.at(-1)?.key ?? ('' as Bytes));
    last = identity;
    for (const version of page) {
      if (!version.key.startsWith(prefixBytes) || version.key < previous)
        throw notFromS3(LISTING, version.key);
      previous = version.key;
      if (prefix === '' && version.key.startsWith(RESERVED_PREFIX)) continue;
      yield { ...version, key: version.key.slice(prefixBytes.length) as Bytes };
    }
  }
}

/** Within one second, a version counts as newer than a delete marker. */
function compare(a: ObjectVersion, b: ObjectVersion): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return Number(b.isLatest) - Number(a.isLatest) || b.lastModified - a.lastModified;
}

function versionOf([text, versionId, time, isLatest, size]: VersionRow, page: VersionsPage): ObjectVersion {
  const key = keyOf(String(text), page);
  const lastModified = Date.parse(time);
  const isSize = size === undefined || Number.isSafeInteger(size);
  if (Number.isNaN(lastModified) || !isSize) throw notFromS3(LISTING, key);
  if (!isVersionId(versionId)) throw noVersionId(key, versionId);
  return { key, versionId, lastModified, isLatest, size };
}

/** @param id what the server sent */
function noVersionId(key: Bytes, id: unknown): BackupError {
  const shown = JSON.stringify(id)?.slice(0, 100);
  return new BackupError(
    `The server's listing of versions has ${shown} as the version id of "${textOf(key)}", which is not one of S3's.`,
    {
      hint: 'Check that the endpoint is your S3 server, and no proxy answers in its place.',
    },
  );
}

/** The key of a row, decoded if its page says that keys are URL-encoded: a space is `+` or `%20`. */
function keyOf(text: string, { encoding }: VersionsPage): Bytes {
  if (encoding !== 'url' || !/[%+]/.test(text)) return bytesOf(text);
  return bytesOf(text)
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ) as Bytes;
}
