// How much of a file the verification reads back.
import type { ByteRange } from '../../aws/arguments/download-arguments.js';
import type { RandomBelow } from '../../tree/streams/random-sample.js';

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
