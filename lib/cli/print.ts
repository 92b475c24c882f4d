// Standard output, for text of any length.
import { stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { BackupError, describeError, errnoOf } from './errors.js';

/** The reader of standard output has stopped, as `| head` does. This is no failure, but there is nothing left to do. */
export class OutputClosedError extends Error {}

/** Prints one text; a reader that has stopped is no failure. @throws {BackupError} if writing fails */
export async function printText(text: string): Promise<void> {
  try {
    await printTexts(
      (async function* () {
        yield text;
      })(),
    );
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
}

/**
 * Prints as fast as the reader reads.
 * @throws {OutputClosedError} if the reader stops
 * @throws {BackupError} if writing fails, as to a full disk
 */
export async function printTexts(texts: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(texts, stdout, { end: false });
  } catch (error) {
    if (errnoOf(error) === 'EPIPE') throw new OutputClosedError();
    const isOutput = error instanceof Error && 'syscall' in error && error.syscall === 'write';
    if (!isOutput) throw error;
    throw new BackupError(`Can't write to standard output: ${describeError(error)}.`, { cause: error });
  }
}
