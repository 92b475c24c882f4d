// Compares sorted streams in one pass, with memory that does not grow with their length.
import type { Batches } from './batches.js';

interface Keyed {
  readonly key: string;
}

/** The items of one key: in the left stream, in the right one, or in both. */
export type Pair<A, B> = readonly [A, B] | readonly [A, undefined] | readonly [undefined, B];

/** Merges two streams that are sorted by `key`, which is unique in each. Closes both when the reader stops. */
export async function* mergeByKey<A extends Keyed, B extends Keyed>(
  left: Batches<A>,
  right: Batches<B>,
): Batches<Pair<A, B>> {
  const a = new Cursor(left);
  const b = new Cursor(right);
  try {
    for (;;) {
      await a.load();
      await b.load();
      if (a.item === undefined && b.item === undefined) return;
      yield pairsInBatches(a, b);
    }
  } finally {
    await left.return(undefined);
    await right.return(undefined);
  }
}

/** The pairs up to the end of a batch of one of the streams. */
function* pairsInBatches<A extends Keyed, B extends Keyed>(
  a: Cursor<A>,
  b: Cursor<B>,
): Generator<Pair<A, B>> {
  while (!a.isAtBatchEnd && !b.isAtBatchEnd) {
    const [left, right] = [a.item, b.item];
    if (left === undefined && right === undefined) return;
    if (right === undefined || (left !== undefined && left.key < right.key)) {
      yield [left as A, undefined];
      a.advance();
    } else if (left === undefined || right.key < left.key) {
      yield [undefined, right];
      b.advance();
    } else {
      yield [left, right];
      a.advance();
      b.advance();
    }
  }
}

/** The next item of a stream. */
class Cursor<T> {
  /** `undefined` at the end of a batch, and of the stream. */
  item: T | undefined;
  readonly #batches: Batches<T>;
  #batch: Iterator<T> = [][Symbol.iterator]();
  #hasEnded = false;

  constructor(batches: Batches<T>) {
    this.#batches = batches;
  }

  /** False at the end of the stream. */
  get isAtBatchEnd(): boolean {
    return this.item === undefined && !this.#hasEnded;
  }

  advance(): void {
    const { value, done } = this.#batch.next();
    this.item = done ? undefined : value;
  }

  /** At the end of a batch, goes on to the next one that has items. */
  async load(): Promise<void> {
    while (this.isAtBatchEnd) {
      const { value, done } = await this.#batches.next();
      if (done) this.#hasEnded = true;
      else {
        this.#batch = value[Symbol.iterator]();
        this.advance();
      }
    }
  }
}
