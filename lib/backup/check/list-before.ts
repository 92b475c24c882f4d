// The listing before an upload, where no tree tells what the bucket has: a first run, and one after a run that did not
// end. What the bucket provably has is not due.
import type { UnfinishedRun } from '../../records/journal.js';
import { type Batches, mapEach } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import type { StartingPoint } from '../ask-and-scan.js';
import type { Backup } from '../backup.js';
import { type DraftLine, entryOfDraft, isFile, parseDraftLine } from '../scan/draft.js';
import { type Classify, type CompareOptions, type Comparison, compareWithBucket } from './compare.js';
import { whyNotStored } from './is-stored.js';

/** @param draft of the scan */
export function compareBeforeUpload(
  backup: Backup,
  draft: Batches<DraftLine>,
  { times, tree, unfinished, escrow, isAdopted }: StartingPoint,
  onDue?: CompareOptions['onDue'],
): Promise<Comparison> {
  const judge: Classify = (line, { inode }, object) => {
    if (line.state !== 'due' && line.state !== 'sent') return line;
    const wasSent = line.state === 'sent';
    // Times prove something by the clocks alone, and nothing of what another source has stored: they count where
    // nothing else is known of the backup.
    if (isAdopted || (!wasSent && tree !== 'none')) return { ...line, state: 'due' };
    const state = wasSent ? ('stored' as const) : line.state;
    const why = whyNotStored({ state, since: line.since, inode }, object, times);
    return { ...line, state: why === undefined ? 'stored' : 'due' };
  };
  const options = { hasBucket: escrow !== 'no bucket', ...(onDue && { onDue }) };
  return compareWithBucket(backup, withSent(draft, unfinished), judge, options);
}

/** The draft, in which what the unfinished run has sent, if the bucket holds it, is `sent`. */
function withSent(draft: Batches<DraftLine>, unfinished: UnfinishedRun | undefined): Batches<DraftLine> {
  let lines = draft;
  for (const pass of unfinished?.passes() ?? []) lines = marked(lines, mapEach(pass, sentLine));
  return lines;
}

/** A line that was damaged when the machine went down tells nothing: its file is sent again. */
function sentLine(text: string): DraftLine | undefined {
  try {
    const line = parseDraftLine(text);
    entryOfDraft(line);
    return line;
  } catch {
    return undefined;
  }
}

async function* marked(draft: Batches<DraftLine>, sent: Batches<DraftLine>): Batches<DraftLine> {
  for await (const pairs of mergeByKey(draft, sent)) yield markedPairs(pairs);
}

function* markedPairs(
  pairs: Iterable<readonly [DraftLine | undefined, DraftLine | undefined]>,
): Generator<DraftLine> {
  for (const [line, sent] of pairs)
    if (line !== undefined) yield wasSentAs(line, sent) ? { ...line, state: 'sent' } : line;
}

function wasSentAs(line: DraftLine, sent: DraftLine | undefined): boolean {
  if (line.state !== 'due' || sent === undefined || !isFile(sent) || sent.state === 'failed') return false;
  if (sent.id !== line.id) return false;
  const [before, now] = [entryOfDraft(sent).inode, entryOfDraft(line).inode];
  return before.ctime === now.ctime && before.mtime === now.mtime && before.size === now.size;
}
