// The end of a run: the new tree, and the record, which is stored last.
import { BackupError } from '../cli/errors.js';
import type { FoundEscrow } from '../records/escrow-state.js';
import type { LastRun } from '../records/last-run.js';
import { type RecordedTree, storeLastRun } from '../records/store.js';
import { fingerprintOf } from '../secrets/encryption-key.js';
import { textOf } from '../tree/bytes.js';
import { keptLine, unprovenLine } from '../tree/entry-line.js';
import { type Batches, flatten, mapEach } from '../tree/streams/batches.js';
import { mergeByKey } from '../tree/streams/merge.js';
import { entryOfLine, type TreeLine, type TreeTotals } from '../tree/tree-file.js';
import { TreeWriter } from '../tree/tree-writer.js';
import type { Backup } from './backup.js';
import type { Checked } from './check.js';
import type { Deleted } from './delete.js';
import { findNewLogs } from './record/new-logs.js';
import { type DraftLine, isAbsent, readKeys } from './scan/draft.js';
import type { Start } from './start.js';
import { totalOf } from './upload/sent.js';

interface NewTree {
  readonly tree: RecordedTree;
  readonly totals: TreeTotals;
}

/** The tree of what is in the backup: a new file, unless the last tree is still valid. */
export async function buildTree(
  backup: Backup,
  { lastRun, tree }: Start,
  checked: Checked,
  deleted: Deleted,
): Promise<NewTree> {
  if (lastRun !== undefined && tree === 'of the last run' && checked.isAsTree && deleted.keys.count === 0)
    return { tree: { sha256: lastRun.treeSha256 }, totals: lastRun.totals };
  const file = backup.fileFor('tree');
  const hasKept = checked.keptLines > 0 && (await hasKeptFiles(withoutDeleted(checked.draft(), deleted)));
  const writer = new TreeWriter(file, { ...backup.header, hasKept });
  const isNewLog = await findNewLogs(checked);
  try {
    for await (const line of flatten(withoutDeleted(checked.draft(), deleted))) {
      const treeLine = treeLineOf(line, isNewLog);
      if (treeLine === undefined) continue;
      const written = writer.write(entryOfLine(treeLine), treeLine.line);
      if (written !== undefined) await written;
    }
    return { tree: { file }, totals: await writer.close() };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function withoutDeleted(draft: Batches<DraftLine>, { keys }: Deleted): Batches<DraftLine> {
  return mapEach(mergeByKey(draft, readKeys(keys)), ([line, isDeleted]) =>
    line !== undefined && !(isDeleted && isAbsent(line)) ? line : undefined,
  );
}

async function hasKeptFiles(draft: Batches<DraftLine>): Promise<boolean> {
  for await (const { state } of flatten(draft)) if (state === 'kept') return true;
  return false;
}

/**
 * The line of the new tree, if there is one. A file whose present version could not be stored keeps its last line, so
 * that a restore gives the version in the bucket its mode and times. So does a file that could not be examined.
 * @param isNewLog as `findNewLogs` returns it
 */
function treeLineOf(draft: DraftLine, isNewLog: (line: DraftLine) => boolean): TreeLine | undefined {
  const { key, state, line, lastLine } = draft;
  if (['unchanged', 'stored', 'sent', 'no object', 'known link'].includes(state)) return { key, line };
  if (state === 'kept') return { key, line: keptLine(line) };
  if (state === 'unseen') return { key, line: unprovenLine(line) };
  if (isNewLog(draft)) return { key, line: unprovenLine(line) };
  return state === 'vanished' || lastLine === undefined ? undefined : { key, line: unprovenLine(lastLine) };
}

/** The facts of this run for its record. */
export type RunFacts = Omit<LastRun, 'treeSha256' | 'keyFingerprint'>;

/** @throws {AwsError} if it could not be stored; the bucket then keeps the last record */
export async function storeRecord(
  backup: Backup,
  { lastRun }: Start,
  { isFull, uploads, verified }: Checked,
  { tree, totals }: NewTree,
  { deleted, escrow }: { readonly deleted: Deleted; readonly escrow: FoundEscrow },
): Promise<RunFacts> {
  const { encryptionKey, header, source, localDirId, incomplete } = backup;
  const ended = new Date().toISOString();
  const lastFullCheck = isFull ? ended : lastRun?.lastFullCheck;
  const isIncomplete = incomplete.count > 0 || deleted.isHeldBack;
  const lastComplete = isIncomplete ? lastCompleteBefore(lastRun) : ended;
  const lastVerified = verified === undefined ? lastRun?.lastVerified : { path: textOf(verified), at: ended };
  const facts = {
    runId: header.runId,
    started: header.started,
    ended,
    ...source,
    localDirId,
    totals,
    notBackedUp: incomplete.count,
    sent: totalOf(uploads, 'sent'),
    sentBytes: totalOf(uploads, 'bytes'),
    deleted: deleted.keys.count,
    ...(lastFullCheck === undefined ? {} : { lastFullCheck }),
    ...(lastComplete === undefined ? {} : { lastComplete }),
    ...(lastVerified === undefined ? {} : { lastVerified }),
    ...escrowAfter(escrow, lastRun),
    isIncomplete,
  };
  const keyFingerprint = fingerprintOf(encryptionKey);
  await storeLastRun(backup, backup.state, { ...facts, keyFingerprint }, tree);
  return facts;
}

/** A run that did not find out keeps what the last one found. */
function escrowAfter(found: FoundEscrow, lastRun: LastRun | undefined): Pick<LastRun, 'escrow'> {
  if (found === 'none') return {};
  const escrow = found === 'not asked' || found instanceof BackupError ? lastRun?.escrow : found;
  return escrow === undefined ? {} : { escrow };
}

/** When the last complete run before this one ended; ISO 8601. */
function lastCompleteBefore(lastRun: LastRun | undefined): string | undefined {
  return lastRun?.isIncomplete === false ? lastRun.ended : lastRun?.lastComplete;
}
