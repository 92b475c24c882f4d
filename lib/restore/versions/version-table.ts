// Versions of objects as rows: a table for people, tab-separated columns for `cut` and `awk`, JSON for exact keys.
import type { ObjectVersion } from '../../aws/version-listing.js';
import type { RowFormat } from '../../cli/output/answer.js';
import { sizeText, timeText } from '../../cli/output/table.js';
import { type Bytes, isText, textOf } from '../../tree/bytes.js';

/** Of versions with their whole keys. */
export const VERSIONS: RowFormat<ObjectVersion> = {
  what: 'versions',
  columns: [
    { name: 'DATE', cell: ({ lastModified }, style) => timeText(lastModified, style) },
    { name: 'VERSION ID', cell: ({ versionId }) => versionId },
    {
      name: 'SIZE',
      isRight: true,
      cell: ({ size }, style) => (size === undefined ? '-' : sizeText(size, style)),
    },
    { name: 'STATE', cell: stateOf },
    { name: 'KEY', cell: ({ key }) => textOf(key) },
  ],
  members: ({ key, versionId, lastModified, size = null, isLatest }) => ({
    ...keyMember(key),
    versionId,
    lastModified: new Date(lastModified).toISOString(),
    size,
    isLatest,
    isDeleteMarker: size === null,
  }),
};

/** A key that is not UTF-8 is in `key64`, in base64, instead of `key`. */
function keyMember(key: Bytes): { readonly key: string } | { readonly key64: string } {
  return isText(key) ? { key: textOf(key) } : { key64: Buffer.from(key, 'latin1').toString('base64') };
}

function stateOf({ size, isLatest }: ObjectVersion): 'current' | 'deleted' | '-' {
  if (size === undefined) return 'deleted';
  return isLatest ? 'current' : '-';
}
