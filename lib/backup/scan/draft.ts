// The draft of the new tree: every entry that the scan found, with the state of its object. It is a spool of lines,
// sorted by key. Each step that finds out more writes a new one.
import { BackupError } from '../../cli/errors.js';
import { type Bytes, bytesOf } from '../../tree/bytes.js';
import { keyOfLine } from '../../tree/entry-line.js';
import { type Batches, mapEach } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';

const STATES = [
  /** A file that is as in the last tree: the bucket had it when that tree was stored. */
  'unchanged',
  /** A file that the bucket provably held before this run's upload. */
  'stored',
  /** A file to upload. */
  'due',
  /** A file that was uploaded as its line describes it. */
  'sent',
  /** A file that could not be uploaded. */
  'failed',
  /** A file that changed during each of its uploads. After a listing: the bucket has an object of its key. */
  'changing',
  /** A file that vanished after the scan. */
  'vanished',
  /** A folder or link, which needs no object. */
  'no object',
  /**
   * A link that the last tree has, too, and that is not followed: keys below its path are gone. A new link may have
   * been followed until now, or may have replaced a folder: keys below it are kept for this run.
   */
  'known link',
  /** An unreadable file with the content that the last tree's file of its key had. */
  'obstacle',
  /**
   * An obstacle that may be or contain a file that seems gone: something unreadable, or whose name can't be a key, and
   * that is not provably as in the last tree.
   */
  'hiding obstacle',
  /** A file of the last tree that is gone from disk, or excluded: the bucket keeps it, unless this run deletes it. */
  'kept',
  /** A file of the last tree that the scan did not find, but that is not proven to be gone. */
  'unseen',
] as const;

export type DraftState = (typeof STATES)[number];
const KNOWN: ReadonlySet<string> = new Set(STATES);

export interface DraftLine {
  readonly key: Bytes;
  readonly state: DraftState;
  /** Of a file: `dev:ino` when it was scanned or opened. */
  readonly id: string;
  /** Of a file: when its name or content last changed (ms since the epoch). */
  readonly unchangedSince: number;
  /** The entry's line in the tree file, or in the last one if it was not found on disk; '' for an obstacle. */
  readonly line: string;
  /** The last tree's line of a file that is due, or can't be read: the bucket has that version. */
  readonly lastLine?: string;
}

/** As a line of a spool. */
export function formatDraftLine({ key, state, id, unchangedSince, line, lastLine = '' }: DraftLine): string {
  const last = isObstacle(state) ? Buffer.from(key, 'latin1').toString('base64') : line;
  return `${state}\t${id}\t${unchangedSince}\t${lastLine}\t${last}`;
}

/** @throws {BackupError} if the spool is damaged */
export function readDraft(spool: Spool): Batches<DraftLine> {
  return mapEach(spool.lines(), parseDraftLine);
}

/** @throws {BackupError} if the line is damaged */
export function parseDraftLine(text: string): DraftLine {
  // Twice as fast as `split`.
  const idStart = text.indexOf('\t') + 1;
  const timeStart = text.indexOf('\t', idStart) + 1;
  const lastLineStart = text.indexOf('\t', timeStart) + 1;
  const lineStart = text.indexOf('\t', lastLineStart) + 1;
  const state = text.slice(0, idStart - 1) as DraftState;
  const lastLine = text.slice(lastLineStart, lineStart - 1);
  const line = text.slice(lineStart);
  const last = lastLine === '' ? {} : { lastLine };
  if (isObstacle(state)) {
    const key = Buffer.from(line, 'base64').toString('latin1') as Bytes;
    return { key, state, id: '', unchangedSince: 0, line: '', ...last };
  }
  const key = keyOfLine(line);
  if (!KNOWN.has(state) || key === undefined || lineStart === 0)
    throw new BackupError('A temporary file of the run is damaged.', { hint: 'Run the command again.' });
  const unchangedSince = Number(text.slice(timeStart, lastLineStart - 1));
  return { key, state, id: text.slice(idStart, timeStart - 1), unchangedSince, line, ...last };
}

/** True for a file of the backup: it has an object, or should have one. */
export function isFile(line: DraftLine): boolean {
  const { state } = line;
  return !isObstacle(state) && !isAbsent(line) && !['no object', 'known link', 'vanished'].includes(state);
}

/** True for a file whose upload did not succeed. */
export function hasFailed({ state }: DraftLine): boolean {
  return state === 'failed' || state === 'changing';
}

/** True for a file of the last tree that the scan did not find on disk. */
export function isAbsent({ state }: DraftLine): boolean {
  return state === 'kept' || state === 'unseen';
}

function isObstacle(state: DraftState): boolean {
  return state === 'obstacle' || state === 'hiding obstacle';
}

/** The keys in a spool that holds them as JSON texts. */
export function readKeys(spool: Spool): Batches<{ readonly key: Bytes }> {
  return mapEach(readJson<string>(spool), (path) => ({ key: bytesOf(path) }));
}

/** The draft after an upload. @param outcomes the new lines of the files that were due */
export function withOutcomes(draft: Batches<DraftLine>, outcomes: Batches<DraftLine>): Batches<DraftLine> {
  return mapEach(mergeByKey(draft, outcomes), ([before, after]) => after ?? before);
}
