// The listing before an upload, if no tree shows what the bucket has: in a first run, and after a run that did not end.
// A file that the bucket provably holds is not due.

import type { UnfinishedRun } from '../../records/journal.js';
import { type Batches, mapEach } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { entryOfLine } from '../../tree/tree-file.js';
import type { Backup } from '../backup.js';
import { type DraftLine, hasFailed, isFile, parseDraftLine, readDraft } from '../scan/draft.js';
import { isSameFile } from '../scan/same-file.js';
import type { Start } from '../start.js';
import { type Classify, type Comparison, compareWithListing, type OnDue } from './compare.js';
import { isStored } from './is-stored.js';

/** Lists the bucket, if there is one, and compares the scan with it. @throws {AwsError} if the listing failed */
export function compareBeforeUpload(
  backup: Backup,
  { scan, times, tree, unfinished, escrow, isAdopted }: Start,
  onDue?: OnDue,
): Promise<Comparison> {
  const classify: Classify = (line, { inode }, object) => {
    if (line.state !== 'due' && line.state !== 'sent') return line;
    const wasSent = line.state === 'sent';
    // An object's time is a proof only if there is no tree, and never for another source's objects.
    if (isAdopted || (!wasSent && tree !== 'none')) return { ...line, state: 'due' };
    const file = { ...line, state: wasSent ? 'stored' : 'due', inode } as const;
    return { ...line, state: isStored(file, object, times) ? 'stored' : 'due' };
  };
  const draft = markSent(readDraft(scan.draft), unfinished);
  return compareWithListing(backup, draft, classify, { hasBucket: escrow !== 'no bucket', onDue });
}

/** Gives the state `sent` to the files that the unfinished run has sent and that have not changed since. */
function markSent(draft: Batches<DraftLine>, unfinished: UnfinishedRun | undefined): Batches<DraftLine> {
  const passes = unfinished?.passes() ?? [];
  return passes.reduce((lines, pass) => markPass(lines, mapEach(pass, parseJournalLine)), draft);
}

/** @returns `undefined` for a line that was damaged when the machine went down: its file is sent again */
function parseJournalLine(text: string): DraftLine | undefined {
  try {
    const line = parseDraftLine(text);
    entryOfLine(line);
    return line;
  } catch {
    return undefined;
  }
}

function markPass(draft: Batches<DraftLine>, pass: Batches<DraftLine>): Batches<DraftLine> {
  return mapEach(mergeByKey(draft, pass), ([line, sent]) =>
    line !== undefined && isSent(line, sent) ? { ...line, state: 'sent' } : line,
  );
}

function isSent(line: DraftLine, sent: DraftLine | undefined): boolean {
  if (line.state !== 'due' || sent === undefined || !isFile(sent) || hasFailed(sent)) return false;
  if (sent.id !== line.id) return false;
  return isSameFile(entryOfLine(line), entryOfLine(sent));
}
