// Standard output, for text of any length.
import { stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { BackupError, describeError, errnoOf } from './errors.js';

/** Nobody reads standard output any more, as after `| head`: no failure, but there is nothing left to do. */
export class OutputClosedError extends Error {}

/**
 * Prints as fast as it is read.
 * @throws {OutputClosedError} if nobody does
 * @throws {BackupError} if standard output does not take it
 */
export async function printTexts(texts: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(texts, stdout, { end: false });
  } catch (error) {
    if (errnoOf(error) === 'EPIPE') throw new OutputClosedError();
    const isOutput = error instanceof Error && 'syscall' in error && error.syscall === 'write';
    if (!isOutput) throw error;
    throw new BackupError(`Standard output can't be written to: ${describeError(error)}.`, { cause: error });
  }
}
