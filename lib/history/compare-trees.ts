// What is different between two stored trees.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { parseOwnedEntry } from '../tree/entry-line.js';
import { flatten, mapEach } from '../tree/streams/batches.js';
import { mergeByKey } from '../tree/streams/merge.js';
import { openTree } from '../tree/tree-file.js';
import { isSameContent } from './find-in-trees.js';

export type Change = 'added' | 'removed' | 'changed' | 'metadata';

export interface Difference {
  readonly change: Change;
  readonly key: Bytes;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/** In the order of the keys; memory does not grow with the trees. */
export async function* compareTrees(earlier: string, later: string): AsyncGenerator<Difference> {
  // A file that is only kept in the bucket was gone.
  const entries = async (file: string) =>
    mapEach((await openTree(file, parseOwnedEntry)).entries, (entry) => (entry.isKept ? undefined : entry));
  for await (const [before, after] of flatten(mergeByKey(await entries(earlier), await entries(later)))) {
    const change = changeOf(before, after);
    const key = after?.key ?? before?.key;
    if (change !== undefined && key !== undefined) yield { change, key, before, after };
  }
}

function changeOf(before: Entry | undefined, after: Entry | undefined): Change | undefined {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  if (!isSameContent(before, after)) return 'changed';
  const [a, b] = [before.inode, after.inode];
  const isSame = a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && before.acl === after.acl;
  return isSame ? undefined : 'metadata';
}
