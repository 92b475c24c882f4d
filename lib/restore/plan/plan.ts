// Decides of every key whether and how it is fetched, before anything is written to the destination.
import type { Entry } from '../../tree/entry.js';
import { type Batches, emptyStream } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { Destination } from '../destination/destination.js';
import {
  allocatedIfSparse,
  isFetched,
  isNewerThan,
  methodOf,
  sizeOfUnwanted,
  whatIsReplaced,
} from './fetch-method.js';
import { LinksAbove } from './links-above.js';
import type { FetchMethod, ListedKey, PlannedFile } from './planned-file.js';

/** Bytes: a file takes whole blocks of the disk. */
const BLOCK = 4096;

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
  readonly since: ChangesSince;
}

/** What has happened in the bucket since the point in time, to files that are fetched or not wanted. */
export interface ChangesSince {
  readonly overwritten: number;
  readonly deleted: number;
  readonly added: number;
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
  const since = { overwritten: 0, deleted: 0, added: 0 };
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
  return { counts, files, bytes, download, entries, replaced, newerOnDisk, since };

  function add(line: ListedKey, entry: Entry | undefined): void {
    const known = entry ?? links.above(line.key);
    const isNewer = tree !== undefined && isNewerThan(tree.stored, line, known);
    const fetchMethod = methodOf(line, known, {
      hasTree: tree !== undefined,
      existing: isNewer ? undefined : existing,
    });
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
    if (line.wanted === undefined && method === 'not wanted') since.added += 1;
    if (isFetched(method) && line.wanted?.isCurrent === false)
      since[line.unwantedSize === undefined ? 'deleted' : 'overwritten'] += 1;
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

function inBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}
