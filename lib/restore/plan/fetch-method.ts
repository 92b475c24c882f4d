// Decides how one key is fetched: by the tree, the destination and the kind of key. The plan keeps what the user wants to
// keep, and fetches sparse files singly (plan.ts), as it does files that would share a place (shared-places.ts).
import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import type { Destination } from '../destination/destination.js';
import { isSafeKey, LONGEST_NAME } from '../destination/safe-key.js';
import type { FetchMethod, ListedKey } from './planned-file.js';
import { isMtimeOf } from './what-is-replaced.js';

/** Bytes: to download fewer zeros is faster than another call of the AWS CLI. */
const MIN_SPARSE = 16 << 20;
/** Bytes: the AWS CLI appends nine to the name during a download. */
const LONGEST_IN_BULK = LONGEST_NAME - 9;

interface KeyFacts {
  /** Whether the user wants it. */
  readonly isSelected: boolean;
  readonly hasTree: boolean;
  /** The destination, if a file there may be the one of the entry. */
  readonly existing: Destination | undefined;
}

/** @returns how to fetch the key; give no `existing` if the entry describes an earlier object than the wanted one */
export function methodOf(
  { key, wanted, isUndecided }: ListedKey,
  entry: Entry | undefined,
  { isSelected, hasTree, existing }: KeyFacts,
): FetchMethod {
  // The prefix itself may be the key of a folder's empty object.
  const isFolder = key === '' || key.endsWith('/');
  if (!isSafeKey(key) && key !== '') return 'unsafe';
  if (!isSelected) return 'not wanted';
  // A tree of that time would have the file. Without a tree it is unknown whether the file existed.
  if (isUndecided && !hasTree && !isFolder) return 'undecided';
  // The tree has a link there, or above. An earlier run followed it: what that run stored is stale.
  if (wanted === undefined || entry?.type === 'link') return 'not wanted';
  if (isFolder) return wanted.size === 0 ? 'folder' : 'unsafe';
  // Not for an older version: a later one may have the same size, and a time that somebody preserved.
  const isThere = existing !== undefined && wanted.isCurrent && isInPlace(existing, { key, wanted }, entry);
  if (isThere) return 'there already';
  return wanted.isCurrent && !isTooLongForBulk(key) ? 'in bulk' : 'singly';
}

/**
 * The space of a file on disk (bytes), if its holes justify a single call. In bulk the AWS CLI would write the zeros,
 * and a disk that held the files could be too small for them. Files that were compressed on disk look the same here; if
 * there is no space for one, it is reported.
 */
export function allocatedIfSparse({ wanted }: ListedKey, entry: Entry | undefined): number | undefined {
  const { size, allocated } = entry?.inode ?? {};
  if (size === undefined || allocated === undefined || size !== wanted?.size) return undefined;
  return size - allocated >= MIN_SPARSE ? allocated : undefined;
}

/**
 * Compares whole seconds, since S3 has no finer times: a small backup stores its tree in the same second as its files.
 */
export function isNewerThan(stored: number, { wanted }: ListedKey, entry: Entry | undefined): boolean {
  // A folder's object has no content that could be newer.
  if (wanted === undefined || entry === undefined || entry.type === 'directory') return false;
  return Math.floor(wanted.lastModified / 1000) > Math.floor(stored / 1000);
}

export function isFetched(method: FetchMethod): boolean {
  return method === 'in bulk' || method === 'singly';
}

function isTooLongForBulk(key: Bytes): boolean {
  return key.length - (key.lastIndexOf('/') + 1) > LONGEST_IN_BULK;
}

/** Compares size and mtime: with the tree's, or without a tree with the object's. */
function isInPlace(
  existing: Destination,
  { key, wanted }: Required<Pick<ListedKey, 'key' | 'wanted'>>,
  entry: Entry | undefined,
): boolean {
  const found = existing.statsOf(key);
  if (!found?.isFile() || found.size !== BigInt(wanted.size)) return false;
  if (entry === undefined) {
    return found.mtimeNs / 1_000_000_000n === BigInt(Math.floor(wanted.lastModified / 1000));
  }
  return isMtimeOf(found.mtimeNs, entry.inode);
}
