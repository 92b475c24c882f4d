// The guard, before the run changes anything: counts the losses by the last run's tree, or by the listing.
import type { Bytes } from '../tree/bytes.js';
import { mergeByKey } from '../tree/streams/merge.js';
import type { Backup } from './backup.js';
import { compareBeforeUpload } from './check/compare-before-upload.js';
import type { Due } from './find-due.js';
import { assertLossesAllowed, type Losses, MOST_NAMED, reasonToRefuse } from './guard/losses.js';
import { readKeys } from './scan/draft.js';
import type { Start } from './start.js';

/** @throws {BackupError} with exit code 4 if too much would be lost */
export async function assertNotMassDeletion(
  backup: Backup,
  start: Start,
  { listed }: Pick<Due, 'listed'>,
): Promise<void> {
  const { scan, tree } = start;
  if (tree === 'none') {
    if (listed !== undefined) assertLossesAllowed(listed.losses, backup);
    return;
  }
  if (reasonToRefuse(scan.losses, backup) === undefined) return;
  // A run that ended before its record may have deleted some of them already: the listing shows which.
  const { gone } = listed ?? (await compareBeforeUpload(backup, start));
  assertLossesAllowed(await countLossesStillStored(scan.losses, readKeys(scan.gone), readKeys(gone)), backup);
}

/**
 * The losses by the tree, without the files whose objects are deleted already. Other objects of the listing don't
 * count: they would make the share of lost files smaller.
 * @param losses by the tree
 * @param goneInTree the keys that `losses` counts as gone, sorted
 * @param goneInListing the keys in the bucket whose files are gone, sorted
 */
export async function countLossesStillStored(
  losses: Losses,
  goneInTree: ReturnType<typeof readKeys>,
  goneInListing: ReturnType<typeof readKeys>,
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
