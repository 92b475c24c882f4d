// Decides of every key whether and how it is fetched, before anything is written to the destination.
import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { type Batches, emptyStream } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { Destination } from '../destination/destination.js';
import { isSafeKey, LONGEST_NAME } from '../destination/safe-key.js';
import type { FetchMethod, ListedKey, PlannedFile } from './planned-file.js';

/** Bytes: a file takes whole blocks of the disk. */
const BLOCK = 4096;
/** Bytes: to download fewer zeros costs less than another call of the AWS CLI. */
const MIN_SPARSE = 16 << 20;
/** Bytes: the AWS CLI appends nine to the name while a file arrives. */
const LONGEST_IN_BULK = LONGEST_NAME - 9;

export interface PlanTotals {
  readonly counts: Readonly<Record<FetchMethod, number>>;
  /** Files to restore, including those that the tree has and the bucket lacks. */
  readonly files: number;
  /** Bytes that the fetched files take on disk. */
  readonly bytes: number;
  /** Bytes to download: more, if files have holes. */
  readonly download: number;
  /** Entries of the tree. */
  readonly entries: number;
  /** Fetched files that take the place of a file in the destination. */
  readonly replaced: number;
  /** How many of those are older than the file in the destination. */
  readonly newerOnDisk: number;
}

export interface PlanTree {
  readonly entries: Batches<Entry>;
  /** When it was stored, after all files of its run; milliseconds since the epoch. */
  readonly stored: number;
}

/** What the plan is made of. */
export interface PlanInput {
  /** Lines of `ListedKey`. */
  readonly listed: Spool;
  readonly tree: PlanTree | undefined;
  /** The destination, if files in it may be as they should be. */
  readonly existing: Destination | undefined;
  /** Which files of the destination stay although they differ. */
  readonly keeps: KeptFiles;
}

export type KeptFiles = 'none' | 'newer' | 'all';

/**
 * Writes a `PlannedFile` for every listed key, and closes the spool.
 * @throws {DamagedTreeError} if the tree can't be read to its end
 */
export async function planRestore(
  { listed, tree, existing, keeps }: PlanInput,
  plan: Spool,
): Promise<PlanTotals> {
  const counts = {
    'in bulk': 0,
    singly: 0,
    'there already': 0,
    kept: 0,
    folder: 0,
    unsafe: 0,
    'not wanted': 0,
    undecided: 0,
  };
  let [bytes, download, entries, missing, replaced, newerOnDisk] = [0, 0, 0, 0, 0, 0];
  const links = new LinksAbove();
  for await (const pairs of mergeByKey(readJson<ListedKey>(listed), tree?.entries ?? emptyStream())) {
    for (const [line, entry] of pairs) {
      if (entry !== undefined) entries += 1;
      if (entry?.type === 'link') links.add(entry);
      if (line !== undefined) add(line, entry);
      else if (entry?.type === 'file') missing += 1;
    }
  }
  plan.close();
  const files = counts['in bulk'] + counts.singly + counts['there already'] + missing;
  return { counts, files, bytes, download, entries, replaced, newerOnDisk };

  function add(line: ListedKey, entry: Entry | undefined): void {
    const known = entry ?? links.above(line.key);
    const isNewer = tree !== undefined && isNewerThan(tree.stored, line, known);
    const fetchMethod = methodOf(line, known, { tree, existing: isNewer ? undefined : existing });
    const replaces = isFetched(fetchMethod) ? whatIsReplaced(existing, line, entry) : undefined;
    const isKept =
      (replaces !== undefined && (keeps === 'all' || keeps === replaces)) ||
      (keeps === 'all' && fetchMethod === 'there already');
    const allocated = isNewer ? undefined : allocatedIfSparse(line, entry);
    const isSparse = allocated !== undefined && isFetched(fetchMethod);
    const method = isKept ? 'kept' : isSparse ? 'singly' : fetchMethod;
    counts[method] += 1;
    if (replaces !== undefined && !isKept) replaced += 1;
    if (replaces === 'newer' && !isKept) newerOnDisk += 1;
    if (isFetched(method)) {
      const size = line.wanted?.size ?? 0;
      download += inBlocks(size);
      bytes += inBlocks(allocated ?? size);
    }
    plan.write(
      JSON.stringify({
        ...line,
        unwantedSize: method === 'in bulk' ? undefined : sizeOfUnwanted(line),
        index: plan.count,
        method,
        ...(isNewer && { isNewer }),
        ...(isSparse && { isSparse }),
        ...(replaces && { replaces }),
      } satisfies PlannedFile),
    );
  }
}

/** The links of a tree that a key is below; `add` and `above` are called in the order of the keys. */
class LinksAbove {
  /** Each key begins with the one before. */
  readonly #links: Entry[] = [];

  add(link: Entry): void {
    this.#leave(link.key);
    this.#links.push(link);
  }

  above(key: Bytes): Entry | undefined {
    this.#leave(key);
    return this.#links.find((link) => key.startsWith(`${link.key}/`));
  }

  /** Between a link and the keys below it, others may come: `link`, `link.txt`, `link/below`. */
  #leave(key: Bytes): void {
    for (let last = this.#links.at(-1); last && !key.startsWith(last.key); last = this.#links.at(-1)) {
      this.#links.pop();
    }
  }
}

/**
 * What a file takes on disk if its holes are worth a call of its own, in bytes. The AWS CLI writes zeros in bulk: a disk
 * that held the files could be too small for them. What the source's file system has compressed looks the same here; if
 * there is no room for such a file, it is named.
 */
function allocatedIfSparse({ wanted }: ListedKey, entry: Entry | undefined): number | undefined {
  const { size, allocated } = entry?.inode ?? {};
  if (size === undefined || allocated === undefined || size !== wanted?.size) return undefined;
  return size - allocated >= MIN_SPARSE ? allocated : undefined;
}

/** Compares whole seconds, all that S3 tells: a small backup stores its tree in the same second as its files. */
function isNewerThan(stored: number, { wanted }: ListedKey, entry: Entry | undefined): boolean {
  // A folder's object has no content that could be newer.
  if (wanted === undefined || entry === undefined || entry.type === 'directory') return false;
  return Math.floor(wanted.lastModified / 1000) > Math.floor(stored / 1000);
}

/** @param input without `existing` also if the entry describes an earlier object than the wanted one */
function methodOf(
  { key, wanted, isUndecided }: ListedKey,
  entry: Entry | undefined,
  { tree, existing }: Pick<PlanInput, 'tree' | 'existing'>,
): FetchMethod {
  // The prefix itself may be the key of a folder's object, too.
  const isFolder = key === '' || key.endsWith('/');
  if (!isSafeKey(key) && key !== '') return 'unsafe';
  // A tree of that time would have the file. Without one, it can't be decided whether it existed.
  if (isUndecided && tree === undefined && !isFolder) return 'undecided';
  // An earlier run has followed the link that the tree has there, or on the way there: what it stored is stale.
  if (wanted === undefined || entry?.type === 'link') return 'not wanted';
  if (isFolder) return wanted.size === 0 ? 'folder' : 'unsafe';
  // In place of an older version, there may be a later one with the same size and a time that somebody has kept.
  const isThere = existing !== undefined && wanted.isCurrent && isInPlace(existing, { key, wanted }, entry);
  if (isThere) return 'there already';
  return wanted.isCurrent && !isTooLongForBulk(key) ? 'in bulk' : 'singly';
}

function inBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}

function isFetched(method: FetchMethod): boolean {
  return method === 'in bulk' || method === 'singly';
}

/** What the file in the destination is, by its mtime; `undefined` if there is none. */
function whatIsReplaced(
  existing: Destination | undefined,
  { key, wanted }: ListedKey,
  entry: Entry | undefined,
): PlannedFile['replaces'] {
  const found = existing?.statsOf(key);
  if (found === undefined || !found.isFile() || wanted === undefined) return undefined;
  const mtime = entry === undefined ? wanted.lastModified : Number(entry.inode.mtime) / 1e6;
  return Number(found.mtimeNs) / 1e6 > mtime ? 'newer' : 'older';
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
  // A restore that was killed has set it to about the microsecond only.
  return (found.mtimeNs - BigInt(entry.inode.mtime)) / 2000n === 0n;
}

/** What the bulk has to leave out: the current object of a key that is not fetched in bulk. */
function sizeOfUnwanted({ wanted, unwantedSize }: ListedKey): number | undefined {
  return unwantedSize ?? (wanted?.isCurrent ? wanted.size : undefined);
}
