// What a run keeps aside on disk while it compares, so that the number of files does not decide the memory:
// files of lines in the run's own folder.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { type Batches, mapEach } from './batches.js';
import { TextBuffer } from './text-buffer.js';

const FLUSH = 1 << 16;
const READ = 1 << 14;

/** A file of lines that is written once and then read, any number of times. */
export class Spool {
  readonly #file: string;
  #descriptor: number | undefined;
  #buffered = '';
  readonly #bytes = new TextBuffer();
  #count = 0;

  constructor(file: string) {
    this.#file = file;
    this.#descriptor = this.#orFail(() => openSync(file, 'wx', 0o600));
  }

  /** How many lines were written. */
  get count(): number {
    return this.#count;
  }

  /** @param line without a newline */
  write(line: string): void {
    this.#count += 1;
    this.#buffered += `${line}\n`;
    if (this.#buffered.length >= FLUSH) this.#flush();
  }

  /** Ends the writing. */
  close(): void {
    this.#flush();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  lines(): Batches<string> {
    return linesOfFile(this.#file);
  }

  #flush(): void {
    const { length } = this.#buffered;
    if (length === 0) return;
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
      throw new BackupError(`The run's notes "${this.#file}" can't be written: ${describeError(error)}.`, {
        hint: "Free some space there, or have them elsewhere: a backup's are below XDG_STATE_HOME, a restore's in TMPDIR.",
        cause: error,
      });
    }
  }
}

/** What the lines hold, each a JSON text. */
export function readJson<T>(spool: Spool): Batches<T> {
  return mapEach(spool.lines(), (line) => JSON.parse(line) as T);
}

/**
 * The lines of a file, each ended by a newline. Read by a buffer that is used again and again: a stream's would pile up
 * until the next garbage collection.
 */
export async function* linesOfFile(file: string): Batches<string> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(READ);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer)) {
      const lines = `${rest}${decoder.write(buffer.subarray(0, length))}`.split('\n');
      rest = lines.pop() ?? '';
      yield lines;
      // Signals and children get their turn.
      await nextTurn();
    }
  } finally {
    closeSync(descriptor);
  }
}
