// The files that are on disk and not in the backup: each is named, on stderr as long as someone would read it.
import type { Log } from './log.js';

/** How many are named on stderr; all are in syslog. */
const NAMED = 100;

export class Shortfalls {
  readonly #log: Log;
  #count = 0;
  #lastFailure: string | undefined;
  #failedUploads = 0;

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

  /** @param line in which the AWS CLI says that it could not upload a file; it may be uploaded yet */
  uploadFailed(line: string): void {
    this.#failedUploads += 1;
    this.#lastFailure = line;
  }

  /** How many uploads failed; some of the files may be in the backup by now. */
  get failedUploads(): number {
    return this.#failedUploads;
  }

  /** Says what the AWS CLI said last of a failed upload: most often, all of them have one cause. */
  explain(): void {
    if (this.#lastFailure !== undefined) this.#log.hint(`The AWS CLI says: ${this.#lastFailure}`);
  }

  /** Says how many were left out on stderr. */
  close(): void {
    if (this.#count > NAMED) this.#log.error(`… and ${this.#count - NAMED} more; syslog names them all.`);
  }
}
