// What a restore says of files that it could not restore for certain as they were.
import type { Incomplete } from '../../cli/log/incomplete.js';
import type { Log } from '../../cli/log/log.js';
import { formatCount } from '../../cli/units/quantities.js';
import { textOf } from '../../tree/bytes.js';
import type { PlannedFile } from '../plan/planned-file.js';

export class Notices {
  readonly #log: Pick<Log, 'info'>;
  readonly #incomplete: Incomplete;
  #newer = 0;
  #undecided = 0;

  constructor({ log, incomplete }: { readonly log: Pick<Log, 'info'>; readonly incomplete: Incomplete }) {
    this.#log = log;
    this.#incomplete = incomplete;
  }

  /** How many files and links have an object that is newer than the tree. */
  get newer(): number {
    return this.#newer;
  }

  /** Writes to syslog that an object was stored after the tree, and what that means. */
  logNewer({ key }: PlannedFile, what: string): void {
    this.#newer += 1;
    this.#log.info(`WARNING: "${textOf(key)}" was stored after the tree of the run: ${what}.`);
  }

  /** Writes to syslog that nobody knows whether a file existed at the time that is restored. */
  logUndecided({ key }: PlannedFile): void {
    this.#undecided += 1;
    this.#log.info(`WARNING: "${textOf(key)}" has no version as old as that time: not restored.`);
  }

  /** Names the undecided files in one sentence: there may be as many as are new since then. */
  reportUndecided(): void {
    if (this.#undecided === 0) return;
    this.#incomplete.add(
      `${formatCount(this.#undecided, 'file')} ${this.#undecided === 1 ? 'is' : 'are'} not restored: the bucket has no version of them as old as that time. They may be newer, or their versions of that time have expired. Syslog names them.`,
    );
  }
}
