// The random choices of the verification: the file, and the part of a large one.
import type { ByteRange } from '../../aws/arguments/download-arguments.js';

/** A random whole number from 0 to below `bound` (at least 1), evenly distributed. Tests replace it. */
export type RandomBelow = (bound: number) => number;

export const randomBelow: RandomBelow = (bound) => Math.floor(Math.random() * bound);

/** How many candidates there are, since some may change during the run. */
const SAMPLE_SIZE = 10;

/**
 * A random sample of a stream's items, in random order (reservoir sampling).
 */
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

const MIB = 2 ** 20;
/** Files up to this size (bytes) are compared as a whole: nobody reads back an image of 500 GB every night. */
export const WHOLE_UP_TO = 64 * MIB;
/** Of larger files, one block of this size (bytes) is compared. */
export const BLOCK_SIZE = 16 * MIB;

/**
 * The bytes of a file to compare; `undefined`: all of them. The file is split into blocks, of which the last one may be
 * shorter; each block, and so each byte, is as likely as any other.
 * @param size of the file in bytes
 */
export function rangeToCompare(size: number, below: RandomBelow): ByteRange | undefined {
  if (size <= WHOLE_UP_TO) return undefined;
  const first = BLOCK_SIZE * below(Math.ceil(size / BLOCK_SIZE));
  return { first, last: Math.min(first + BLOCK_SIZE, size) - 1 };
}
