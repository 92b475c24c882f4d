// Selects the files of a folder to restore: by patterns, and whether to include files that were gone from disk.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { compilePatterns, type MatchPattern } from '../tree/patterns.js';
import type { Batches } from '../tree/streams/batches.js';

export interface SelectionRequest {
  /** Patterns such as those of EXCLUDE. If there are any, only files that match one are restored. */
  readonly include?: readonly string[];
  /** Files that match one of these are not restored. */
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

  /** Yields the wanted entries. With include patterns, only folders that contain a wanted file. */
  async *select(entries: Batches<Entry>): Batches<Entry> {
    // Folders without a wanted file so far, each inside the one before.
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
