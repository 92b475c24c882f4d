// Plans for every key whether and how it is fetched, before anything is written to the destination.
import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { type Batches, emptyStream } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { Destination } from '../destination/destination.js';
import type { Selection } from '../selection.js';
import { allocatedIfSparse, isFetched, isNewerThan, methodOf } from './fetch-method.js';
import { LinksAbove } from './links-above.js';
import type { FetchMethod, ListedKey, PlannedFile, Replaced } from './planned-file.js';
import {
  type KeptFiles,
  PreviewCounts,
  staysInPlace,
  whatAFileReplaces,
  whatALinkReplaces,
} from './what-is-replaced.js';

/** Bytes: a file takes whole blocks of the disk. */
const BLOCK = 4096;

export interface PlanTotals {
  readonly counts: Readonly<Record<FetchMethod, number>>;
  /** Files to restore, including those that the tree has and the bucket lacks. */
  readonly files: number;
  /** Bytes that the fetched files take on disk, in whole blocks and without holes. */
  readonly bytes: number;
  /** Bytes to download. */
  readonly download: number;
  /** Entries of the tree. */
  readonly entries: number;
  readonly preview: PreviewCounts;
  readonly since: ChangesSince;
}

/** Changes in the bucket since the point in time, of files that are fetched or not wanted. */
interface ChangesSince {
  readonly overwritten: number;
  readonly deleted: number;
  readonly added: number;
}

interface PlanTree {
  /** Sorted by key; kept files included. */
  readonly entries: Batches<Entry>;
  /** The path in it of the folder to restore: '' or ends in a `/`. */
  readonly folder: Bytes;
  /** When it was stored, after all files of its run; milliseconds since the epoch. */
  readonly stored: number;
}

/** The input of the plan. */
export interface PlanInput {
  /** Lines of `ListedKey`. */
  readonly listed: Spool;
  readonly tree: PlanTree | undefined;
  readonly selection: Selection;
  /** The destination, if files in it may already be right. */
  readonly existing: Destination | undefined;
  /** Which files of the destination stay although they differ. */
  readonly keeps: KeptFiles;
}

/**
 * Writes a `PlannedFile` for every listed key and every entry of the tree, and closes the spool.
 * @throws {DamagedTreeError} if the tree can't be read to its end
 */
export async function planRestore(
  { listed, tree, selection, existing, keeps }: PlanInput,
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
    'not listed': 0,
  };
  let [bytes, download, entries, missing] = [0, 0, 0, 0];
  const preview = new PreviewCounts();
  const since = { overwritten: 0, deleted: 0, added: 0 };
  const links = new LinksAbove();
  for await (const pairs of mergeByKey(readJson<ListedKey>(listed), tree?.entries ?? emptyStream())) {
    for (const [line, entry] of pairs) {
      const isKept = entry?.isKept === true && !selection.withKept;
      if (entry !== undefined && !isKept) entries += 1;
      const replaces = entry?.type === 'link' ? whatALinkReplaces(existing, entry) : undefined;
      if (entry?.type === 'link') {
        links.add(entry);
        preview.add(replaces, keeps);
      }
      if (line !== undefined) add(line, entry, isKept, replaces);
      else if (!isKept) {
        write({ key: entry.key, method: 'not listed', entry, ...(replaces && { replaces }) });
        if (entry.type === 'file') missing += 1;
      }
    }
  }
  plan.close();
  const files = counts['in bulk'] + counts.singly + counts['there already'] + missing;
  return { counts, files, bytes, download, entries, preview, since };

  function add(
    line: ListedKey,
    inTree: Entry | undefined,
    isKept: boolean,
    replacedByLink: Replaced | undefined,
  ): void {
    const isStoredAgain = isKept && tree !== undefined && isNewerThan(tree.stored, line, inTree);
    // The tree does not know a file that was gone in its run and was uploaded later.
    const entry = isKept ? undefined : inTree;
    const isSelected =
      selection.wants(`${tree?.folder ?? ''}${line.key}` as Bytes) && (!isKept || isStoredAgain);
    if (isKept && !isStoredAgain) preview.keptInBucket += 1;
    const known = entry ?? links.above(line.key);
    const isNewer = isSelected && tree !== undefined && isNewerThan(tree.stored, line, known);
    const fetchMethod = methodOf(line, known, {
      isSelected,
      hasTree: tree !== undefined,
      existing: isNewer ? undefined : existing,
    });
    const isThere = fetchMethod === 'there already';
    const replaced = isFetched(fetchMethod) ? whatAFileReplaces(existing, line, entry) : undefined;
    const stays = isThere ? keeps === 'all' : staysInPlace(replaced, keeps);
    const allocated = isNewer ? undefined : allocatedIfSparse(line, entry);
    const isSparse = allocated !== undefined && isFetched(fetchMethod);
    const method = stays ? 'kept' : isSparse ? 'singly' : fetchMethod;
    if (isFetched(fetchMethod)) preview.add(replaced, keeps);
    if (isSelected && line.wanted === undefined && method === 'not wanted') since.added += 1;
    if (isFetched(method)) {
      if (line.wanted?.isCurrent === false)
        since[line.currentSize === undefined ? 'deleted' : 'overwritten'] += 1;
      const size = line.wanted?.size ?? 0;
      download += size;
      bytes += inBlocks(allocated ?? size);
    }
    const replaces = isThere ? 'the same' : (replaced ?? replacedByLink);
    write({
      ...line,
      method,
      ...(entry && { entry }),
      ...(isNewer && { isNewer }),
      ...(isSparse && { isSparse }),
      ...(replaces && { replaces }),
    });
  }

  function write(file: Omit<PlannedFile, 'index'>): void {
    counts[file.method] += 1;
    plan.write(JSON.stringify({ ...file, index: plan.count } satisfies PlannedFile));
  }
}

function inBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}
