// The draft of the new tree: every entry that the scan found, with what is known of its object so far. It is a spool of
// lines in the order of the keys; each step that learns something writes a new one.
import { BackupError } from '../../cli/errors.js';
import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { keyOfLine } from '../../tree/entry-line.js';
import { type Batches, mapEach } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import type { Spool } from '../../tree/streams/spool.js';
import { entryOfLine } from '../../tree/tree-file.js';

export type DraftState =
  /** A file that the last tree has just as it is now: the bucket had it when that tree was stored. */
  | 'unchanged'
  /** A file that the bucket provably held before this run uploaded anything. */
  | 'stored'
  /** A file that is to be uploaded. */
  | 'due'
  /** A file that was uploaded as the line has it. */
  | 'sent'
  /** A file that could not be uploaded. */
  | 'failed'
  /** A file that was there when the scan came by, and is gone. */
  | 'vanished'
  /** A folder or link: it needs no object. */
  | 'no object'
  /** Something that can't be read, or whose name can't be a key. */
  | 'obstacle'
  /** The same, if it may be or hold what is gone: a folder, or a file that took the place of the last tree's. */
  | 'hiding obstacle';

export interface DraftLine {
  readonly key: Bytes;
  readonly state: DraftState;
  /** Of a file: `dev:ino` as the scan saw it. */
  readonly id: string;
  /**
   * Of a file: it has been under its name, as it is, since this time (ms since the epoch). `Infinity`: nothing tells,
   * another file may have had its name until now.
   */
  readonly since: number;
  /** The entry's line in the tree file; '' for an obstacle. */
  readonly line: string;
}

const CODES: Readonly<Record<DraftState, string>> = {
  unchanged: 'u',
  stored: 't',
  due: 'd',
  sent: 's',
  failed: 'f',
  vanished: 'v',
  'no object': 'n',
  obstacle: 'o',
  'hiding obstacle': 'h',
};
const STATES = new Map(Object.entries(CODES).map(([state, code]) => [code, state as DraftState]));

/** As a line of a spool. */
export function formatDraftLine({ key, state, id, since, line }: DraftLine): string {
  if (isObstacle(state)) return `${CODES[state]}\t\t\t${Buffer.from(key, 'latin1').toString('base64')}`;
  return `${CODES[state]}\t${id}\t${since}\t${line}`;
}

/** @throws {BackupError} if the spool is damaged */
export function readDraft(spool: Spool): Batches<DraftLine> {
  return mapEach(spool.lines(), parseDraftLine);
}

/** @throws {BackupError} if the line is damaged */
export function parseDraftLine(text: string): DraftLine {
  const state = STATES.get(text.slice(0, 1));
  const toId = text.indexOf('\t') + 1;
  const toSince = text.indexOf('\t', toId) + 1;
  const toLine = text.indexOf('\t', toSince) + 1;
  const line = text.slice(toLine);
  if (state !== undefined && isObstacle(state)) {
    return {
      key: Buffer.from(line, 'base64').toString('latin1') as Bytes,
      state,
      id: '',
      since: 0,
      line: '',
    };
  }
  const key = keyOfLine(line);
  if (state === undefined || key === undefined || toLine === 0)
    throw new BackupError("The run's notes are damaged.", { hint: 'Run the command again.' });
  return {
    key,
    state,
    id: text.slice(toId, toSince - 1),
    since: Number(text.slice(toSince, toLine - 1)),
    line,
  };
}

/** The entry of a line that is no obstacle's. */
export function entryOfDraft(draft: DraftLine): Entry {
  return entryOfLine(draft);
}

/** True for a file of the backup: what is or should be an object. */
export function isFile({ state }: DraftLine): boolean {
  return state !== 'no object' && !isObstacle(state) && state !== 'vanished';
}

function isObstacle(state: DraftState): boolean {
  return state === 'obstacle' || state === 'hiding obstacle';
}

/** The draft after an upload: each line with what became of it. */
export async function* withOutcomes(
  draft: Batches<DraftLine>,
  outcomes: Batches<DraftLine>,
): Batches<DraftLine> {
  for await (const pairs of mergeByKey(draft, outcomes)) yield latest(pairs);
}

function* latest(
  pairs: Iterable<readonly [DraftLine | undefined, DraftLine | undefined]>,
): Generator<DraftLine> {
  for (const [before, after] of pairs) {
    const line = after ?? before;
    if (line !== undefined) yield line;
  }
}
