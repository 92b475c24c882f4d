// Compares two stored trees.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { isKeptLine } from '../tree/entry-line.js';
import { flatten, mapEach } from '../tree/streams/batches.js';
import { mergeByKey } from '../tree/streams/merge.js';
import { openTree, type TreeLine, treeLine } from '../tree/tree-file.js';
import { isSameContent } from './find-in-trees.js';
import { ownedEntryOf } from './select-entries.js';

export type Change = 'added' | 'removed' | 'changed' | 'metadata';

export interface Difference {
  readonly change: Change;
  readonly key: Bytes;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/** The differences, sorted by key. Memory does not grow with the trees. */
export async function* compareTrees(earlier: string, later: string): AsyncGenerator<Difference> {
  // A kept file was gone from disk.
  const lines = async (file: string) =>
    mapEach((await openTree(file, treeLine)).entries, (line) => (isKeptLine(line.line) ? undefined : line));
  const pairs = mergeByKey(await lines(earlier), await lines(later));
  yield* flatten(mapEach(pairs, ([before, after]) => differenceOf(before, after)));
}

function differenceOf(earlier: TreeLine | undefined, later: TreeLine | undefined): Difference | undefined {
  // Most lines are the same, and are not parsed.
  if (earlier?.line === later?.line) return undefined;
  const [before, after] = [earlier, later].map((line) => line && ownedEntryOf(line));
  const change = changeOf(before, after);
  const key = after?.key ?? before?.key;
  return change === undefined || key === undefined ? undefined : { change, key, before, after };
}

function changeOf(before: Entry | undefined, after: Entry | undefined): Change | undefined {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  if (!isSameContent(before, after)) return 'changed';
  const [a, b] = [before.inode, after.inode];
  const isSame = a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && before.acl === after.acl;
  return isSame ? undefined : 'metadata';
}
