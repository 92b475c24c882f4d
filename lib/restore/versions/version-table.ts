// Versions as text, a line each: a table for people, tab-separated columns for `cut` and `awk`, JSON for exact keys.
import type { ObjectVersion } from '../../aws/version-listing.js';
import { printable } from '../../cli/log/log.js';
import { formatTime } from '../../cli/units/times.js';
import { type Bytes, isText, textOf } from '../../tree/bytes.js';

/** Turns versions, with their whole keys, into lines with their newlines. */
export type VersionFormat = (versions: AsyncIterable<ObjectVersion>) => AsyncGenerator<string>;

/** Amazon's version ids are that long; 15 digits are a hundred times the largest object. */
const WIDTHS = { time: 25, versionId: 32, size: 15, state: 7 };
const HEADER = ['DATE', 'VERSION ID', 'SIZE', 'STATE', 'KEY'] as const;

/** Aligned, below a header, in local time. Without versions, there is no header either. */
export async function* asTable(versions: AsyncIterable<ObjectVersion>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const version of versions) {
    if (isFirst) yield row(...HEADER);
    isFirst = false;
    const { versionId, lastModified } = version;
    yield row(formatTime(lastModified), versionId, sizeOf(version), stateOf(version), keyOf(version));
  }
}

function row(time: string, versionId: string, size: string, state: string, key: string): string {
  const { time: t, versionId: v, size: s } = WIDTHS;
  const before = `${time.padEnd(t)}  ${versionId.padEnd(v)}  ${size.padStart(s)}`;
  return `${before}  ${state.padEnd(WIDTHS.state)}  ${key}\n`;
}

/** Times in UTC, to the millisecond. */
export async function* asTabSeparated(versions: AsyncIterable<ObjectVersion>): AsyncGenerator<string> {
  for await (const version of versions) {
    const columns = [timeOf(version), version.versionId, sizeOf(version), stateOf(version), keyOf(version)];
    yield `${columns.join('\t')}\n`;
  }
}

/** One array, an object a line. A key that is not UTF-8 is in `key64`, in base64, instead of `key`. */
export async function* asJson(versions: AsyncIterable<ObjectVersion>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const version of versions) {
    const { key, versionId, size = null, isLatest } = version;
    const facts = { versionId, lastModified: timeOf(version), size, isLatest, isDeleteMarker: size === null };
    yield `${before}${JSON.stringify({ ...keyMember(key), ...facts })}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function keyMember(key: Bytes): { readonly key: string } | { readonly key64: string } {
  return isText(key) ? { key: textOf(key) } : { key64: Buffer.from(key, 'latin1').toString('base64') };
}

function timeOf({ lastModified }: ObjectVersion): string {
  return new Date(lastModified).toISOString();
}

function sizeOf({ size }: ObjectVersion): string {
  return size === undefined ? '-' : `${size}`;
}

function stateOf({ size, isLatest }: ObjectVersion): 'current' | 'deleted' | '-' {
  if (size === undefined) return 'deleted';
  return isLatest ? 'current' : '-';
}

function keyOf({ key }: ObjectVersion): string {
  return printable(textOf(key));
}
