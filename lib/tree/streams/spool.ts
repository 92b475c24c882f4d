// Files of lines in the run's own folder, so that long lists take no memory.
import { closeSync, openSync, writeSync } from 'node:fs';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { type Batches, mapEach } from './batches.js';
import { linesOfFile, TextBuffer } from './lines.js';

/** How much text is collected before it is written (characters). */
const FLUSH = 1 << 16;

/** A file of lines that is written once and then read, any number of times. */
export class Spool {
  readonly #file: string;
  #descriptor: number | undefined;
  #buffered = '';
  readonly #bytes = new TextBuffer();
  #count = 0;

  /** @throws {BackupError} if the file can't be created */
  constructor(file: string) {
    this.#file = file;
    this.#descriptor = this.#orFail(() => openSync(file, 'wx', 0o600));
  }

  /** The number of lines. */
  get count(): number {
    return this.#count;
  }

  /** @param line without a newline @throws {BackupError} if the disk takes no more */
  write(line: string): void {
    this.#count += 1;
    this.#buffered += `${line}\n`;
    if (this.#buffered.length >= FLUSH) this.#flush();
  }

  /** Ends the writing. @throws {BackupError} if the disk takes no more */
  close(): void {
    this.#flush();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  lines(): Batches<string> {
    return linesOfFile(this.#file);
  }

  #flush(): void {
    if (this.#buffered === '') return;
    const bytes = this.#bytes.encode(this.#buffered);
    this.#buffered = '';
    this.#orFail(() => {
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.#descriptor ?? -1, bytes, written);
    });
  }

  #orFail<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      throw new BackupError(`Can't write the temporary file "${this.#file}": ${describeError(error)}.`, {
        hint: 'Free some space there, or choose another folder: XDG_STATE_HOME for a backup, TMPDIR for a restore.',
        cause: error,
      });
    }
  }
}

/** The values of lines that are JSON. */
export function readJson<T>(spool: Spool): Batches<T> {
  return mapEach(spool.lines(), (line) => JSON.parse(line) as T);
}
