// How much of a file the verification compares: an image of 500 GB is not read back every night.
import type { ByteRange } from '../../aws/arguments/download-arguments.js';
import type { RandomBelow } from './random.js';

const MIB = 2 ** 20;
/** Files up to this size (bytes) are compared as a whole. */
export const WHOLE_UP_TO = 64 * MIB;
/** Of larger ones, one block of this size (bytes) is compared. */
export const BLOCK_SIZE = 16 * MIB;

/**
 * The bytes of a file that are compared; `undefined`: all of them. The file is cut into blocks, of which the last one may
 * be shorter, and each is as likely as any other: so is each byte.
 * @param size of the file in bytes
 */
export function rangeToCompare(size: number, below: RandomBelow): ByteRange | undefined {
  if (size <= WHOLE_UP_TO) return undefined;
  const first = BLOCK_SIZE * below(Math.ceil(size / BLOCK_SIZE));
  return { first, last: Math.min(first + BLOCK_SIZE, size) - 1 };
}
