// The listings that the fake `aws` prints, for the queries in lib/aws/arguments/list-arguments.ts.
import type {
  ObjectRow,
  VersionMarker,
  VersionRow,
  VersionsPage,
} from '../../lib/aws/arguments/list-arguments.js';
import type { FakeBucket, StoredObject, StoredVersion } from './fake-bucket.js';

/** S3's limit for a page. */
const PAGE = 1000;

/** A page of `list-objects-v2`. */
export function objectsPage(...rows: readonly ObjectRow[]): string {
  return `${rows.length === 0 ? 'null' : JSON.stringify(rows)}\n`;
}

/** All pages of `list-objects-v2`. */
export function objectPages(bucket: FakeBucket, prefix: string): string {
  const rows = objectsBelow(bucket, prefix).map(
    (it): ObjectRow => [it.key, it.body.length, timeOf(it), `"${it.id}"`],
  );
  let pages = objectsPage(...rows.slice(0, PAGE));
  for (let at = PAGE; at < rows.length; at += PAGE) pages += objectsPage(...rows.slice(at, at + PAGE));
  return pages;
}

/** The output of `list-objects-v2` with a limit, as JSON. */
export function firstObjects(bucket: FakeBucket, prefix: string, count: number): string {
  const Contents = objectsBelow(bucket, prefix).slice(0, count);
  return JSON.stringify({ Contents: Contents.map((it) => ({ Key: it.key, LastModified: timeOf(it) })) });
}

function objectsBelow(bucket: FakeBucket, prefix: string): StoredObject[] {
  return [...bucket.current().values()].filter((it) => it.key.startsWith(prefix));
}

/** A page of `list-object-versions` after a key and version; its marker is URL-encoded, like Amazon's. */
export function versionsPage(bucket: FakeBucket, prefix: string, after?: VersionMarker): VersionsPage {
  const versions = bucket.versions().filter((it) => it.key.startsWith(prefix));
  const latest = new Map(versions.map((it) => [it.key, it]));
  // The sort is stable: the newest version of a key stays first.
  const all = versions.reverse().sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const isAfter = (it: StoredVersion) =>
    after === undefined || Buffer.compare(Buffer.from(it.key), Buffer.from(after.key)) > 0;
  const at = all.findIndex((it) => it.key === after?.key && it.id === after.versionId);
  const left = at === -1 ? all.filter(isAfter) : all.slice(at + 1);
  const page = left.slice(0, PAGE);
  const row = (it: StoredVersion) => [encode(it.key), it.id, timeOf(it), latest.get(it.key) === it] as const;
  const last = page.at(-1);
  const isTruncated = page.length < left.length;
  return {
    versions: page.flatMap((it): VersionRow[] =>
      it.body === undefined ? [] : [[...row(it), it.body.length]],
    ),
    deletions: page.flatMap((it) => (it.body === undefined ? [row(it)] : [])),
    encoding: 'url',
    next: [isTruncated, isTruncated && last ? encode(last.key) : null, isTruncated && last ? last.id : null],
  };
}

function encode(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+');
}

/** S3 reports times in whole seconds. */
function timeOf({ time }: StoredVersion): string {
  return new Date(time).toISOString().replace(/\..*/, '+00:00');
}
