// Names the files that are on disk and not in the backup, or in the backup and not restored: the first ones on stderr.
import type { Log } from './log.js';

/** How many are named on stderr; syslog gets all. */
const NAMED = 100;

export class Incomplete {
  readonly #log: Log;
  #count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** How many files and folders have been named. */
  get count(): number {
    return this.#count;
  }

  /** @param sentence names the file and says what is wrong */
  add(sentence: string): void {
    this.#count += 1;
    if (this.#count <= NAMED) this.#log.error(sentence);
    else this.#log.info(`ERROR: ${sentence}`);
  }

  /** Says how many are named in syslog only. */
  close(): void {
    if (this.#count > NAMED) this.#log.error(`… and ${this.#count - NAMED} more; syslog names them all.`);
  }
}
