// A random choice from a stream.

/** A random whole number from 0 to below `bound` (at least 1), evenly distributed. Tests replace it. */
export type RandomBelow = (bound: number) => number;

export const randomBelow: RandomBelow = (bound) => Math.floor(Math.random() * bound);

/** How many candidates there are, since some may change during the run. */
const SAMPLE_SIZE = 10;

/** A random sample of a stream's items, in random order (reservoir sampling). */
export class RandomSample<T> {
  readonly items: T[] = [];
  readonly #size: number;
  readonly #below: RandomBelow;
  #seen = 0;

  constructor(size = SAMPLE_SIZE, below = randomBelow) {
    this.#size = size;
    this.#below = below;
  }

  /** How many items were added. */
  get seen(): number {
    return this.#seen;
  }

  add(item: T): void {
    this.#seen += 1;
    const place = this.#below(this.#seen);
    if (this.items.length < this.#size) {
      // The item at that place moves to the end: otherwise the first one would stay the first.
      this.items.push(this.items[place] ?? item);
      this.items[place] = item;
    } else if (place < this.#size) this.items[place] = item;
  }
}
