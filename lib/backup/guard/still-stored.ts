// What the last run's tree tells is gone, less what is deleted in the bucket already: an earlier run has deleted it,
// and has ended before its record.

import type { Bytes } from '../../tree/bytes.js';
import type { Batches } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { type Losses, MOST_NAMED } from './losses.js';

interface KeyOfFile {
  readonly key: Bytes;
}

/**
 * The losses by the tree, of which only what a run would still delete counts as gone. Nothing else that the listing
 * tells has a say here: more objects in the bucket do not make fewer files gone.
 * @param losses by the tree
 * @param goneInTree the keys that `losses` counts as gone, in their order
 * @param goneInListing the keys that are in the bucket and whose files are gone, in their order
 */
export async function countLossesStillStored(
  losses: Losses,
  goneInTree: Batches<KeyOfFile>,
  goneInListing: Batches<KeyOfFile>,
): Promise<Losses> {
  const first: Bytes[] = [];
  let gone = 0;
  for await (const pairs of mergeByKey(goneInTree, goneInListing)) {
    for (const [inTree, inListing] of pairs) {
      if (inTree === undefined || inListing === undefined) continue;
      gone += 1;
      if (first.length < MOST_NAMED) first.push(inTree.key);
    }
  }
  const { kept, onDisk, emptiedFolders } = losses;
  const mayBeLost = losses.mayBeLost - losses.gone + gone;
  return { gone, mayBeLost, kept, onDisk, first, emptiedFolders };
}
