// Surveys the directory before its first backup: how much there is, and what to exclude.
import { formatCount } from '../cli/units/quantities.js';
import { type Bytes, textOf } from '../tree/bytes.js';
import type { Entry, Obstacle } from '../tree/entry.js';
import { patternFor } from '../tree/patterns.js';
import type { Batches } from '../tree/streams/batches.js';
import { LEAST_BILLED, type Totals } from './cost.js';
import {
  kindByFile,
  kindByName,
  kindOfOpenDatabase,
  type Suggestion,
  type SuggestionKind,
} from './suggestions.js';

/** The most patterns of the suggestion for unreadable files. */
const MAX_UNREADABLE = 20;

export interface Survey {
  readonly totals: Totals;
  readonly suggestions: readonly Suggestion[];
  /** FIFOs, sockets and devices, which are never backed up. */
  readonly specialFiles: number;
  /** False if the time ran out. */
  readonly isComplete: boolean;
}

/**
 * @param walked the entries on disk, sorted by key
 * @param isTimeUp called after each batch
 * @param isRoot whether the directory is `/`
 */
export async function survey(
  walked: Batches<Entry | Obstacle>,
  isTimeUp: () => boolean,
  isRoot = false,
): Promise<Survey> {
  const surveyor = new Surveyor(isRoot);
  for await (const batch of walked) {
    for (const entry of batch) surveyor.add(entry);
    if (isTimeUp()) return surveyor.end(false);
  }
  return surveyor.end(true);
}

interface OpenFolder {
  readonly key: Bytes;
  kind: SuggestionKind | undefined;
  totals: Totals;
}

const NOTHING: Totals = { files: 0, bytes: 0, billedBytes: 0 };

/** Counts the files of each folder, from the innermost outwards. */
class Surveyor {
  readonly #open: [OpenFolder, ...OpenFolder[]] = [{ key: '' as Bytes, kind: undefined, totals: NOTHING }];
  readonly #suggestions = new Map<string, Suggestion & { patterns: Set<string> }>();
  readonly #unreadable: Bytes[] = [];
  #lastFile: { readonly key: Bytes; readonly totals: Totals } = { key: '' as Bytes, totals: NOTHING };
  #unreadableCount = 0;
  #specialFiles = 0;

  readonly #isRoot: boolean;

  constructor(isRoot: boolean) {
    this.#isRoot = isRoot;
  }

  add(entry: Entry | Obstacle): void {
    while (this.#open.length > 1 && !entry.key.startsWith(this.#innermost.key)) this.#leave();
    if (entry.type === 'directory') this.#enter(entry.key);
    else if (entry.type === 'file') this.#addFile(entry.key, entry.inode.size);
    else if (entry.type === 'obstacle') this.#addObstacle(entry);
  }

  end(isComplete: boolean): Survey {
    while (this.#open.length > 1) this.#leave();
    return {
      totals: this.#open[0].totals,
      suggestions: [...this.#suggestions.values(), ...this.#suggestUnreadable()],
      specialFiles: this.#specialFiles,
      isComplete,
    };
  }

  get #innermost(): OpenFolder {
    return this.#open.at(-1) ?? this.#open[0];
  }

  #enter(key: Bytes): void {
    const kind = this.#isSuggested() ? undefined : kindByName(key, this.#isRoot);
    this.#open.push({ key, kind, totals: NOTHING });
  }

  #addFile(key: Bytes, size: number): void {
    const folder = this.#innermost;
    const totals = { files: 1, bytes: size, billedBytes: Math.max(size, LEAST_BILLED) };
    folder.totals = sum(folder.totals, totals);
    if (this.#isSuggested()) return;
    folder.kind = kindByFile(folder.key, textOf(key.slice(folder.key.length) as Bytes));
    const database = this.#lastFile;
    if (key === `${database.key}-wal`)
      this.#suggest(kindOfOpenDatabase(database.key), sum(database.totals, totals));
    // Between a database and its -wal there is only its -shm.
    if (!key.endsWith('-shm')) this.#lastFile = { key, totals };
  }

  #addObstacle({ key, reason }: Obstacle): void {
    if (reason === 'special') this.#specialFiles += 1;
    if (reason !== 'unreadable' || this.#isSuggested()) return;
    this.#unreadableCount += 1;
    if (this.#unreadable.length < MAX_UNREADABLE) this.#unreadable.push(key);
  }

  #suggestUnreadable(): Suggestion[] {
    const [first] = this.#unreadable;
    if (first === undefined) return [];
    const others = this.#unreadableCount - 1;
    const and = others === 0 ? '' : `, and ${formatCount(others, 'other')} like it`;
    return [
      {
        what: `"${textOf(first)}": can't be read by this user${and}`,
        patterns: new Set(this.#unreadable.map(patternFor)),
        totals: NOTHING,
        isMadeAgain: false,
      },
    ];
  }

  #leave(): void {
    const { kind, totals } = this.#innermost;
    this.#open.pop();
    if (kind !== undefined) this.#suggest(kind, totals);
    this.#innermost.totals = sum(this.#innermost.totals, totals);
  }

  /** True inside a folder that has a suggestion already. */
  #isSuggested(): boolean {
    return this.#open.some(({ kind }) => kind !== undefined);
  }

  #suggest({ name, pattern, ...rest }: SuggestionKind, totals: Totals): void {
    const { patterns = new Set<string>(), totals: before = NOTHING } = this.#suggestions.get(name) ?? {};
    if (pattern !== undefined) patterns.add(pattern);
    this.#suggestions.set(name, { ...rest, patterns, totals: sum(before, totals) });
  }
}

function sum(a: Totals, b: Totals): Totals {
  return {
    files: a.files + b.files,
    bytes: a.bytes + b.bytes,
    billedBytes: a.billedBytes + b.billedBytes,
  };
}

/** The totals without those of the suggestions. */
export function subtractSuggested(totals: Totals, suggestions: readonly Suggestion[]): Totals {
  return suggestions.reduce(
    (left, { totals: { files, bytes, billedBytes } }) => ({
      files: left.files - files,
      bytes: left.bytes - bytes,
      billedBytes: left.billedBytes - billedBytes,
    }),
    totals,
  );
}
