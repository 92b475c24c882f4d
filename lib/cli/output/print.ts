// Standard output, for text of any length.
import { stdout } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BackupError, describeError, errnoOf } from '../errors.js';

/**
 * Prints as fast as the reader reads.
 * @returns false if the reader has stopped, as `| head` does: this is no failure, but there is nothing left to print
 * @throws {BackupError} if writing fails, as to a full disk
 */
export async function printTexts(texts: AsyncIterable<string>): Promise<boolean> {
  try {
    await pipeline(texts, stdout, { end: false });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EPIPE') return false;
    const isOutput = error instanceof Error && 'syscall' in error && error.syscall === 'write';
    if (!isOutput) throw error;
    throw new BackupError(`Can't write to standard output: ${describeError(error)}.`, { cause: error });
  }
}

/** Like `printTexts`, for one text. */
export function printText(text: string): Promise<boolean> {
  return printTexts(Readable.from([text]));
}
