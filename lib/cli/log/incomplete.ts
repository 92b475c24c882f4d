// The files that are on disk and not in the backup: each is named, on stderr as long as someone would read it.
import type { Log } from './log.js';

/** How many are named on stderr; all are in syslog. */
const NAMED = 100;

export class Incomplete {
  readonly #log: Log;
  #count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** How many files or folders are not in the backup as they are. */
  get count(): number {
    return this.#count;
  }

  /** @param sentence names the file and says what is wrong */
  add(sentence: string): void {
    this.#count += 1;
    if (this.#count <= NAMED) this.#log.error(sentence);
    else this.#log.info(`ERROR: ${sentence}`);
  }

  /** Says how many were left out on stderr. */
  close(): void {
    if (this.#count > NAMED) this.#log.error(`… and ${this.#count - NAMED} more; syslog names them all.`);
  }
}
