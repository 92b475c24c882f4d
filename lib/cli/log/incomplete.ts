// Names the files that are on disk and not in the backup, or in the backup and not restored: the first ones on stderr.
import type { Log } from './log.js';

/** How many are named on stderr; syslog gets all. */
const NAMED = 100;
/** A reason that is longer is S3's own message, and said once (characters). */
const SHORT = 80;

export class Incomplete {
  readonly #log: Log;
  /** The first file of each long reason. */
  readonly #firstOf = new Map<string, string>();
  readonly #hints = new Set<string>();
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

  /**
   * Adds a file. A long reason that several files share is said once: the others refer to the first of them.
   * @param file its name
   * @param what happened to it, such as `is not restored`
   * @param why ends a sentence
   * @param key of the file: reasons that differ in it only are the same
   */
  addFailure(file: string, what: string, why: string, key: string): void {
    const reason = why.replaceAll(key, '');
    const first = this.#firstOf.get(reason);
    if (first !== undefined) {
      this.add(`"${file}" ${what}, for the same reason as "${first}".`);
      return;
    }
    if (why.length > SHORT && this.#firstOf.size < NAMED) this.#firstOf.set(reason, file);
    this.add(`"${file}" ${what}: ${why}.`);
  }

  /** @param hint what to do about a failure; of several that are the same, one is shown */
  addHint(hint: string | undefined): void {
    if (hint !== undefined) this.#hints.add(hint);
  }

  /** Prints how many files only syslog names, and the hints. */
  close(): void {
    if (this.#count > NAMED) this.#log.error(`… and ${this.#count - NAMED} more; syslog names them all.`);
    for (const hint of this.#hints) this.#log.hint(hint);
  }
}
