// An entry of the tree and what the run knows of its object so far, as a line of a spool.
import { BackupError } from '../errors.js';
import { type Batches, mapEach } from '../tree/batches.js';
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { entryOf } from '../tree/entry-line.js';
import type { Spool } from '../tree/spool.js';

export type Knowledge =
  /** The last run's tree has the file just as it is now. */
  | 'known'
  /** It has not changed since, but was not there like this: it came along with a folder that was renamed, say. */
  | 'moved'
  /** The bucket holds what is on disk; also of a folder or link, which need no object. */
  | 'proven'
  /**
   * It has changed since, or there is no tree: what was stored later than this (ms since the epoch) holds it, if it
   * has its size.
   */
  | { readonly since: number }
  /** It is being uploaded: the object, if it has arrived, is another one than this. */
  | { readonly before: string };

export interface NotedEntry {
  readonly key: Bytes;
  readonly entry: Entry;
  /** As in the tree file. */
  readonly line: string;
  readonly knowledge: Knowledge;
}

/** What can't be read or stored. A folder ends in a `/`. */
export interface NotedObstacle {
  readonly key: Bytes;
  readonly entry?: undefined;
}

/** @param line of `formatEntry` */
export function formatNote(line: string, knowledge: Knowledge): string {
  if (typeof knowledge === 'string') return `${knowledge}\t${line}`;
  return `${'since' in knowledge ? `since ${knowledge.since}` : `before ${knowledge.before}`}\t${line}`;
}

const OBSTACLE = 'obstacle';

export function formatObstacle(key: Bytes): string {
  return `${OBSTACLE}\t${Buffer.from(key, 'latin1').toString('base64')}`;
}

export function readNotes(notes: Spool): Batches<NotedEntry | NotedObstacle> {
  return mapEach(notes.lines(), (text) => {
    const tab = text.indexOf('\t');
    const word = text.slice(0, tab);
    const line = text.slice(tab + 1);
    if (word === OBSTACLE) return { key: Buffer.from(line, 'base64').toString('latin1') as Bytes };
    const entry = entryOf(JSON.parse(line) as Record<string, unknown>);
    const knowledge = knowledgeOf(word);
    if (entry === undefined || knowledge === undefined) throw new BackupError("The run's notes are damaged.");
    return { key: entry.key, entry, line, knowledge };
  });
}

function knowledgeOf(word: string): Knowledge | undefined {
  if (word === 'known' || word === 'moved' || word === 'proven') return word;
  if (word.startsWith('since ')) return { since: Number(word.slice('since '.length)) };
  return word.startsWith('before ') ? { before: word.slice('before '.length) } : undefined;
}
