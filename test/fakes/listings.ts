// What the fake `aws` prints of a bucket: the tables of the queries in lib/aws/arguments.ts, as text.
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

/** Of list-object-versions: of each page a line that says so, the versions and then the delete markers. */
export function versionLines(journal: Journal, prefix: string): string {
  const versions = journal.versions().filter((it) => it.key.startsWith(prefix));
  const latest = new Map(versions.map((it) => [it.key, it]));
  // The sort is stable: of each key, the newest stays first.
  const all = versions.reverse().sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  let text = '';
  for (let at = 0; at === 0 || at < all.length; at += PAGE) {
    const line = (it: StoredVersion) => {
      const common = [encode(it.key), it.id, timeOf(it), latest.get(it.key) === it ? 'True' : 'False'];
      return columns(...common, ...(it.body === undefined ? [] : [sizeOf(it.body)]));
    };
    const page = all.slice(at, at + PAGE);
    const objects = page.filter((it) => it.body !== undefined).map(line);
    const markers = page.filter((it) => it.body === undefined).map(line);
    const missing = [objects, markers].filter((it) => it.length === 0).map(() => 'None');
    text += `${missing.length === 0 ? '' : columns(...missing)}page\n${[...objects, ...markers].join('')}`;
  }
  return text;
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
