// Decides what to fetch and how, before anything is written.

import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { type Batches, emptyStream } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import { isSafeKey, LONGEST_NAME } from '../destination/safe-key.js';
import type { Target } from '../destination/destination.js';
import { type FetchMethod, formatPlan, type ListedKey, type PlannedFile } from './planned-file.js';

/** A file takes whole blocks of the disk. */
const BLOCK = 4096;
/** In bytes: the AWS CLI appends nine to the name while a file arrives. */
const LONGEST_IN_BULK = LONGEST_NAME - 9;

export interface PlanTotals {
  /** How many files of each way. */
  readonly counts: Readonly<Record<FetchMethod, number>>;
  /** Files that are wanted, those included that the tree has and the bucket has not. */
  readonly files: number;
  /** How much room on disk is needed for what is fetched, in bytes. */
  readonly room: number;
  /** Entries of the tree. */
  readonly entries: number;
}

export interface PlanTree {
  readonly entries: Batches<Entry>;
  /** Milliseconds since the epoch: after all files of its run. */
  readonly stored: number;
}

/**
 * Notes every listed key as a `PlannedFile`.
 * @param tree `undefined`: there is none
 * @param existing the destination, if files in it may be as they should be
 * @throws {DamagedTreeError} if the tree can't be read to its end
 */
export async function planRestore(
  listed: Spool,
  tree: PlanTree | undefined,
  existing: Target | undefined,
  planned: Spool,
): Promise<PlanTotals> {
  const counts: Record<FetchMethod, number> = {
    'in bulk': 0,
    singly: 0,
    'there already': 0,
    folder: 0,
    unsafe: 0,
    'not wanted': 0,
  };
  let room = 0;
  let entries = 0;
  let missing = 0;
  for await (const pairs of mergeByKey(readJson<ListedKey>(listed), tree?.entries ?? emptyStream()))
    for (const [key, entry] of pairs) take(key, entry);
  planned.close();
  const files = counts['in bulk'] + counts.singly + counts['there already'] + missing;
  return { counts, files, room, entries };

  function take(key: ListedKey | undefined, entry: Entry | undefined): void {
    if (entry !== undefined) entries += 1;
    if (key === undefined) {
      if (entry?.type === 'file') missing += 1;
      return;
    }
    const isNewer = tree !== undefined && isNewerThan(tree.stored, key, entry);
    const how = decide(key, entry, isNewer, existing);
    counts[how] += 1;
    const isFetched = how === 'in bulk' || how === 'singly';
    if (isFetched) room += Math.ceil((key.want?.size ?? 0) / BLOCK) * BLOCK;
    planned.write(formatPlan({ ...plannedFile(key, how), ...(isNewer && { isNewer }) }));
  }
}

/** In whole seconds, which is what S3 tells: a small backup has its tree in the second of its files. */
function isNewerThan(stored: number, { want }: ListedKey, entry: Entry | undefined): boolean {
  // A folder's object has nothing in it.
  if (want === undefined || entry === undefined || entry.type === 'directory') return false;
  return Math.floor(want.lastModified / 1000) > Math.floor(stored / 1000);
}

/** @param isNewer whether the tree's entry is not of this object, but of an earlier one */
function decide(
  { key, want }: ListedKey,
  entry: Entry | undefined,
  isNewer: boolean,
  existing: Target | undefined,
): FetchMethod {
  // The prefix itself may be such a key, too.
  const isFolder = key === '' || key.endsWith('/');
  if (!isSafeKey(key) && key !== '') return 'unsafe';
  // A link that was once followed: the tree knows what it was.
  if (want === undefined || entry?.type === 'link') return 'not wanted';
  if (isFolder) return want.size === 0 ? 'folder' : 'unsafe';
  // Of an older version, what is there may be a later one, whose size and time somebody has kept.
  const mayBeThere = existing !== undefined && !isNewer && want.isCurrent;
  if (mayBeThere && isThere(existing, { key, want }, entry)) return 'there already';
  return want.isCurrent && !isTooLongForBulk(key) ? 'in bulk' : 'singly';
}

function isTooLongForBulk(key: Bytes): boolean {
  return key.length - (key.lastIndexOf('/') + 1) > LONGEST_IN_BULK;
}

/** By size and time of modification: the tree's, or without a tree that of the object. */
function isThere(existing: Target, { key, want }: ListedKey, entry: Entry | undefined): boolean {
  const found = existing.look(key);
  if (want === undefined || !found?.isFile() || found.size !== BigInt(want.size)) return false;
  if (entry === undefined)
    return found.mtimeNs / 1_000_000_000n === BigInt(Math.floor(want.lastModified / 1000));
  // A restore that was killed has set it to about the microsecond only.
  return (found.mtimeNs - BigInt(entry.inode.mtime)) / 2000n === 0n;
}

/** What is not fetched in bulk, but in the bucket now, has to be kept out of the bulk. */
function plannedFile(listed: ListedKey, how: FetchMethod): PlannedFile {
  const { key, want, unwanted } = listed;
  if (how === 'in bulk' || want?.isCurrent !== true) return { ...listed, how };
  return { key, want, unwanted: unwanted ?? want.size, how };
}
