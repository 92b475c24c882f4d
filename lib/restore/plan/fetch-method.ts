// What to do about one key: what the tree, the destination and the kind of key say.
import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import type { Destination } from '../destination/destination.js';
import { isSafeKey, LONGEST_NAME } from '../destination/safe-key.js';
import type { FetchMethod, ListedKey } from './planned-file.js';
import { isMtimeOf } from './what-is-replaced.js';

/** Bytes: to download fewer zeros costs less than another call of the AWS CLI. */
const MIN_SPARSE = 16 << 20;
/** Bytes: the AWS CLI appends nine to the name while a file arrives. */
const LONGEST_IN_BULK = LONGEST_NAME - 9;

export interface KeyFacts {
  /** Whether the user wants it. */
  readonly isSelected: boolean;
  readonly hasTree: boolean;
  /** The destination, if a file there may be the one that the entry describes. */
  readonly existing: Destination | undefined;
}

/** Without `existing`, also if the entry describes an earlier object than the wanted one. */
export function methodOf(
  { key, wanted, isUndecided }: ListedKey,
  entry: Entry | undefined,
  { isSelected, hasTree, existing }: KeyFacts,
): FetchMethod {
  // The prefix itself may be the key of a folder's object, too.
  const isFolder = key === '' || key.endsWith('/');
  if (!isSafeKey(key) && key !== '') return 'unsafe';
  if (!isSelected) return 'not wanted';
  // A tree of that time would have the file. Without one, it can't be decided whether it existed.
  if (isUndecided && !hasTree && !isFolder) return 'undecided';
  // An earlier run has followed the link that the tree has there, or on the way there: what it stored is stale.
  if (wanted === undefined || entry?.type === 'link') return 'not wanted';
  if (isFolder) return wanted.size === 0 ? 'folder' : 'unsafe';
  // In place of an older version, there may be a later one with the same size and a time that somebody has kept.
  const isThere = existing !== undefined && wanted.isCurrent && isInPlace(existing, { key, wanted }, entry);
  if (isThere) return 'there already';
  return wanted.isCurrent && !isTooLongForBulk(key) ? 'in bulk' : 'singly';
}

/**
 * What a file takes on disk if its holes are worth a call of its own, in bytes. The AWS CLI writes zeros in bulk: a disk
 * that held the files could be too small for them. What the source's file system has compressed looks the same here; if
 * there is no room for such a file, it is named.
 */
export function allocatedIfSparse({ wanted }: ListedKey, entry: Entry | undefined): number | undefined {
  const { size, allocated } = entry?.inode ?? {};
  if (size === undefined || allocated === undefined || size !== wanted?.size) return undefined;
  return size - allocated >= MIN_SPARSE ? allocated : undefined;
}

/** Compares whole seconds, all that S3 tells: a small backup stores its tree in the same second as its files. */
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
