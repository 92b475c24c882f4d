// Reports files that may not be restored as they were.
import type { Incomplete } from '../../cli/log/incomplete.js';
import type { Log } from '../../cli/log/log.js';
import { formatCount } from '../../cli/units/quantities.js';
import { type Bytes, textOf } from '../../tree/bytes.js';

/** The metadata that could not be restored; for one file, and for several. */
const UNLIKE = {
  owner: ['its owner and mode as they were', 'their owners and modes as they were'],
  mtime: ['its mtime as it was', 'their mtimes as they were'],
} as const;

interface Unlike {
  readonly what: keyof typeof UNLIKE;
  readonly why: string;
  readonly first: string;
  count: number;
}

export class Notices {
  readonly #log: Pick<Log, 'info'>;
  readonly #incomplete: Incomplete;
  #newer = 0;
  #undecided = 0;
  /** The files by the missing metadata and the reason. */
  readonly #unlike = new Map<string, Unlike>();

  constructor({ log, incomplete }: { readonly log: Pick<Log, 'info'>; readonly incomplete: Incomplete }) {
    this.#log = log;
    this.#incomplete = incomplete;
  }

  /** How many files and links have an object that is newer than the tree. */
  get newer(): number {
    return this.#newer;
  }

  /** Logs that an object was stored after the tree, and the consequence. */
  logNewer(key: Bytes, what: string): void {
    this.#newer += 1;
    this.#log.info(`WARNING: "${textOf(key)}" was stored after the tree of the run: ${what}.`);
  }

  /** Logs that it is unknown whether a file existed at the restored time. */
  logUndecided(key: Bytes): void {
    this.#undecided += 1;
    this.#log.info(`WARNING: "${textOf(key)}" has no version as old as that time: not restored.`);
  }

  /** Reports the undecided files in one sentence: there may be as many as were created since then. */
  reportUndecided(): void {
    if (this.#undecided === 0) return;
    this.#incomplete.add(
      `${formatCount(this.#undecided, 'file')} ${this.#undecided === 1 ? 'is' : 'are'} not restored: the bucket has no version of them as old as that time. They may be newer, or their versions of that time have expired. Syslog names them.`,
    );
  }

  /** Logs the metadata of a restored entry that could not be restored. */
  logUnlike(key: Bytes, what: keyof typeof UNLIKE, why: string): void {
    const first = textOf(key);
    this.#log.info(`WARNING: "${first}" is restored, but not ${UNLIKE[what][0]}: ${why}.`);
    const reason = `${what} ${why}`;
    const unlike = this.#unlike.get(reason) ?? { what, why, first, count: 0 };
    unlike.count += 1;
    this.#unlike.set(reason, unlike);
  }

  /**
   * Reports each reason in one sentence: on a file system without owners, for example, it is the same for all files.
   */
  reportUnlike(): void {
    for (const { what, why, first, count } of this.#unlike.values()) {
      const [one, several] = UNLIKE[what];
      this.#incomplete.add(
        count === 1
          ? `"${first}" is restored, but not ${one}: ${why}.`
          : `"${first}" and ${formatCount(count - 1, 'other')} are restored, but not ${several}: ${why}. Syslog names them.`,
      );
    }
  }
}
