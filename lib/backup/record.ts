// The last step: the tree of what the bucket holds, and the record of the run.
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type RecordedTree, storeLastRun } from '../records/last-run.js';
import { type Batches, singly } from '../tree/batches.js';
import type { TreeTotals } from '../tree/tree-file.js';
import { TreeWriter } from '../tree/tree-writer.js';
import type { Backup } from './backup.js';
import { type DraftLine, entryOfDraft } from './draft.js';

export interface WrittenTree {
  readonly tree: RecordedTree;
  readonly totals: TreeTotals;
}

/** Writes the tree of what the draft knows to be in the bucket, and of what needs no object. */
export async function writeTree(backup: Backup, draft: Batches<DraftLine>): Promise<WrittenTree> {
  const file = join(backup.state.runFolder, backup.unique('tree'));
  const writer = new TreeWriter(file, backup.header);
  try {
    for await (const line of singly(draft)) {
      if (!isInTree(line)) continue;
      const written = writer.write(entryOfDraft(line), line.line);
      if (written !== undefined) await written;
    }
    return { tree: { file }, totals: await writer.close() };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function isInTree({ state }: DraftLine): boolean {
  return state === 'unchanged' || state === 'stored' || state === 'sent' || state === 'no object';
}

export interface RecordFacts {
  readonly sent: number;
  readonly deleted: number;
  readonly lastFullCheck: string | undefined;
  readonly isIncomplete: boolean;
}

/** @throws {AwsError} if it could not be stored; the last record is still there then */
export async function storeRecord(
  { aws, encryptionKey, prefix, header, state, shortfalls }: Backup,
  { tree, totals }: WrittenTree,
  { lastFullCheck, ...facts }: RecordFacts,
): Promise<void> {
  const record = {
    runId: header.runId,
    started: header.started,
    ended: new Date().toISOString(),
    host: hostname(),
    localDir: header.root,
    totals,
    notBackedUp: shortfalls.count,
    ...facts,
    ...(lastFullCheck === undefined ? {} : { lastFullCheck }),
  };
  await storeLastRun(aws, encryptionKey, prefix, record, tree, state.treeCopy, state.runFolder);
}
