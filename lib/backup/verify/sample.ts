import { type RandomBelow, randomBelow } from './random.js';

/** How many random files the verification may choose from: some may change during the run. */
const SIZE = 10;

/**
 * Some of a stream's items, in random order (reservoir sampling): every list of that many different items is as likely
 * as any other, so each item is as likely to be the first one as any other, or the next after those before it.
 */
export class Sample<T> {
  readonly items: T[] = [];
  readonly #size: number;
  readonly #below: RandomBelow;
  #seen = 0;

  constructor(size = SIZE, below = randomBelow) {
    this.#size = size;
    this.#below = below;
  }

  /** How many were added. */
  get seen(): number {
    return this.#seen;
  }

  add(item: T): void {
    this.#seen += 1;
    const place = this.#below(this.#seen);
    if (this.items.length < this.#size) {
      // Whoever is at its place goes to the end: else, the first would stay the first.
      this.items.push(this.items[place] ?? item);
      this.items[place] = item;
    } else if (place < this.#size) this.items[place] = item;
  }
}
