// What the fake `aws` prints of a bucket: the tables of the queries in lib/aws/arguments.ts, as text.
import type { VersionMarker, VersionRow, VersionsPage } from '../../lib/aws/arguments/list-arguments.js';
import type { Journal, StoredObject, StoredVersion } from './journal.js';

/** Of list-objects-v2: key, size, time and entity tag. */
export function objectLines(journal: Journal, prefix: string): string {
  const lines = objectsBelow(journal, prefix).map((it) =>
    columns(encode(it.key), sizeOf(it.body), timeOf(it), `"${it.id}"`),
  );
  return lines.join('') || 'None\n';
}

/** Of list-objects-v2 with a limit of one, as JSON. */
export function firstObject(journal: Journal, prefix: string): string {
  const Contents = objectsBelow(journal, prefix).slice(0, 1);
  return JSON.stringify({ Contents: Contents.map(({ key }) => ({ Key: key })) });
}

function objectsBelow(journal: Journal, prefix: string): StoredObject[] {
  return [...journal.current().values()].filter((it) => it.key.startsWith(prefix));
}

/** S3's limit for one page. */
const PAGE = 1000;

/** Of list-object-versions: a page after that key and version, as JSON, with an encoded marker as Amazon's. */
export function versionsPage(journal: Journal, prefix: string, after?: VersionMarker): VersionsPage {
  const versions = journal.versions().filter((it) => it.key.startsWith(prefix));
  const latest = new Map(versions.map((it) => [it.key, it]));
  // The sort is stable: of each key, the newest stays first.
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
    next: [isTruncated, isTruncated && last ? encode(last.key) : null, isTruncated && last ? last.id : null],
  };
}

function columns(...texts: readonly string[]): string {
  return `${texts.join('\t')}\n`;
}

function encode(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+');
}

/** S3 tells whole seconds. */
function timeOf({ time }: StoredVersion): string {
  return new Date(time).toISOString().replace(/\..*/, '+00:00');
}

function sizeOf(body: Buffer): string {
  return `${body.length}`;
}
