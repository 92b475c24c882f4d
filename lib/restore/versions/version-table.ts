// Versions as text, a line each: a table for people, tab-separated columns for `cut` and `awk`, JSON for exact keys.
import type { ObjectVersion } from '../../aws/version-listing.js';
import { type Column, headerText, type OutputStyle, rowText, TIME_WIDTH, timeText } from '../../cli/table.js';
import { type Bytes, isText, textOf } from '../../tree/bytes.js';

/** Turns versions, with their whole keys, into lines with their newlines. */
export type VersionFormat = (versions: AsyncIterable<ObjectVersion>) => AsyncGenerator<string>;

/** Amazon's version ids are that long; 15 digits are a hundred times the largest object. */
const COLUMNS: readonly Column<ObjectVersion>[] = [
  {
    name: 'DATE',
    width: TIME_WIDTH,
    cell: ({ lastModified }, style) => timeText(lastModified, style),
  },
  { name: 'VERSION ID', width: 32, cell: ({ versionId }) => versionId },
  { name: 'SIZE', width: 15, isRight: true, cell: sizeOf },
  { name: 'STATE', width: 7, cell: stateOf },
  { name: 'KEY', cell: ({ key }) => textOf(key) },
];

/** Sizes are exact for people, too. Without versions, there is no header either. */
export function asTable(style: OutputStyle): VersionFormat {
  return async function* (versions) {
    let isFirst = true;
    for await (const version of versions) {
      if (isFirst) yield headerText(COLUMNS, style);
      isFirst = false;
      yield rowText(COLUMNS, version, style);
    }
  };
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
