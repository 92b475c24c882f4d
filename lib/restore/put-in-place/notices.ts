// What a restore says of files that it could not restore for certain as they were.
import type { Incomplete } from '../../cli/log/incomplete.js';
import type { Log } from '../../cli/log/log.js';
import { formatCount } from '../../cli/units/quantities.js';
import { type Bytes, textOf } from '../../tree/bytes.js';

/** What of a file or folder that is restored is not as it was; of one, and of several. */
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
  /** By what is not as it was, and why. */
  readonly #unlike = new Map<string, Unlike>();

  constructor({ log, incomplete }: { readonly log: Pick<Log, 'info'>; readonly incomplete: Incomplete }) {
    this.#log = log;
    this.#incomplete = incomplete;
  }

  /** How many files and links have an object that is newer than the tree. */
  get newer(): number {
    return this.#newer;
  }

  /** Writes to syslog that an object was stored after the tree, and what that means. */
  logNewer(key: Bytes, what: string): void {
    this.#newer += 1;
    this.#log.info(`WARNING: "${textOf(key)}" was stored after the tree of the run: ${what}.`);
  }

  /** Writes to syslog that nobody knows whether a file existed at the time that is restored. */
  logUndecided(key: Bytes): void {
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

  /** Writes to syslog what of an entry, which is restored, is not as it was. */
  logUnlike(key: Bytes, what: keyof typeof UNLIKE, why: string): void {
    const first = textOf(key);
    this.#log.info(`WARNING: "${first}" is restored, but not ${UNLIKE[what][0]}: ${why}.`);
    const reason = `${what} ${why}`;
    const unlike = this.#unlike.get(reason) ?? { what, why, first, count: 0 };
    unlike.count += 1;
    this.#unlike.set(reason, unlike);
  }

  /** A sentence for each reason: a file system without owners has none for any file, and names would hide what is missing. */
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
