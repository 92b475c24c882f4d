// What of a folder is restored: by patterns of its paths, and whether files come back that were gone from disk.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { compilePatterns, type MatchPattern } from '../tree/patterns.js';
import type { Batches } from '../tree/streams/batches.js';

export interface SelectionRequest {
  /** Patterns as those of EXCLUDE. If there are any, only what matches one of them is restored. */
  readonly include?: readonly string[];
  /** What matches one of these is left out. */
  readonly exclude?: readonly string[];
  /** Whether files are restored that were gone from disk or excluded, and are only kept in the bucket. */
  readonly withKept?: boolean;
}

export class Selection {
  readonly withKept: boolean;
  readonly hasPatterns: boolean;
  readonly #included: MatchPattern | undefined;
  readonly #excluded: MatchPattern;

  constructor({ include = [], exclude = [], withKept = false }: SelectionRequest) {
    this.withKept = withKept;
    this.hasPatterns = include.length + exclude.length > 0;
    this.#included = include.length === 0 ? undefined : compilePatterns(include);
    this.#excluded = compilePatterns(exclude);
  }

  /** @param path of a file or link, relative to LOCAL_DIR */
  wants(path: Bytes): boolean {
    const isIncluded = this.#included === undefined || this.#included(path) !== undefined;
    return isIncluded && this.#excluded(path) === undefined;
  }

  /** Leaves out what is not wanted; and where patterns say what is, the folders without any of that in them. */
  async *select(entries: Batches<Entry>): Batches<Entry> {
    // Folders in which nothing was wanted so far, each in the one before.
    const pending: Entry[] = [];
    for await (const batch of entries) yield this.hasPatterns ? this.#selectIn(batch, pending) : batch;
  }

  *#selectIn(batch: Iterable<Entry>, pending: Entry[]): Generator<Entry> {
    for (const entry of batch) {
      for (let last = pending.at(-1); last && !entry.key.startsWith(last.key); last = pending.at(-1))
        pending.pop();
      if (entry.type === 'directory') {
        if (this.#included !== undefined) pending.push(entry);
        else if (this.#excluded(entry.key) === undefined) yield entry;
      } else if (this.wants(entry.key)) {
        yield* pending.splice(0);
        yield entry;
      }
    }
  }
}
