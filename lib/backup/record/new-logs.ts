// New files that changed during their uploads, as logs do, and that are certainly none of the files that seem gone.
// Their first lines in the tree show that to later runs, too: otherwise a log that is always written would prevent all
// deletions.
import { flatten } from '../../tree/streams/batches.js';
import { entryOfLine } from '../../tree/tree-file.js';
import type { Checked } from '../check.js';
import type { DraftLine } from '../scan/draft.js';
import { totalOf } from '../upload/sent.js';

/** @returns whether a line of the draft is of such a file */
export async function findNewLogs(checked: Checked): Promise<(line: DraftLine) => boolean> {
  // Only a listing shows that a file has an object, and what is gone.
  const mayBeGone = !checked.isFull || checked.gone.count > 0;
  if (mayBeGone || totalOf(checked.uploads, 'failed') === 0) return () => false;
  const numbers = new Set<number | undefined>();
  for await (const line of flatten(checked.draft())) if (isCandidate(line)) numbers.add(numberOf(line));
  // Without a number, nothing is certain.
  numbers.delete(undefined);
  // A file that was renamed during the scan may be there under both names, and one that was not seen may be renamed.
  if (numbers.size > 0)
    for await (const line of flatten(checked.draft()))
      if (line.line !== '' && !isCandidate(line)) numbers.delete(numberOf(line));
  return (line) => isCandidate(line) && numbers.has(numberOf(line));
}

function isCandidate({ state, lastLine }: DraftLine): boolean {
  return state === 'changing' && lastLine === undefined;
}

function numberOf(line: DraftLine): number | undefined {
  return entryOfLine(line).inode.ino;
}
