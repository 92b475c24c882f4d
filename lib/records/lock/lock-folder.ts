// proper-lockfile's folder beside LOCAL_LOCK, for file systems that machines share without sharing flock. On one
// machine flock decides: a folder that is no longer updated, as after a laptop's sleep, does not stop a run.
import { rmdirSync, statSync } from 'node:fs';
import { lock } from 'proper-lockfile';
import { BackupError, errnoOf } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import type { Log } from '../../cli/log/log.js';

/** Milliseconds without an update after which the owner of a folder counts as killed. */
const STALE = 8_000;
/**
 * This process has the flock, so the owner of a folder is dead or on another machine. It takes this long to find out.
 */
const PATIENCE = STALE + 4_000;

/** For a process that holds the flock. */
export class LockFolder {
  /** When to give up; ms since the epoch. */
  readonly deadline = Date.now() + PATIENCE;
  readonly #file: string;
  readonly #folder: string;
  readonly #log: Log;
  #release: () => Promise<void> = async () => undefined;
  /** The folder's last update, and when this process saw it first. */
  #updated: number | undefined;
  #unchangedSince = Date.now();

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#folder = `${file}.lock`;
    this.#log = log;
  }

  /** @returns whether the folder is ours now, or can't be made by anyone */
  async tryLock(): Promise<boolean> {
    try {
      this.#release = await lock(this.#file, {
        realpath: false,
        // The default is found without looking at links.
        lockfilePath: this.#folder,
        stale: STALE,
        onCompromised: (error) =>
          this.#log.info(`The lock folder was not kept fresh (${error.message}); flock still holds.`),
      });
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ELOCKED') {
        if (this.#isAbandoned()) removeIfPossible(this.#folder);
        return false;
      }
      this.#log.info(`No lock folder beside "${this.#file}" (${errnoOf(error)}); flock alone is used.`);
      return true;
    }
  }

  /** The folder may be gone already, after a suspend. */
  async release(): Promise<void> {
    await this.#release().catch(() => undefined);
  }

  heldError(): BackupError {
    const message = `flock() failed. Another machine holds the lock "${this.#file}": it updates the folder "${this.#folder}".`;
    return new BackupError(message, {
      exitCode: exitCode.locked,
      hint: 'Wait for its run to end. If no run is going on anywhere, remove that folder.',
    });
  }

  /**
   * Whether the folder's owner has stopped updating it. The folder's time alone does not show that: the clock may have
   * been set back since.
   */
  #isAbandoned(): boolean {
    const updated = statSync(this.#folder, { throwIfNoEntry: false })?.mtimeMs;
    if (updated !== this.#updated) this.#unchangedSince = Date.now();
    this.#updated = updated;
    return Date.now() - this.#unchangedSince > STALE;
  }
}

/** If it can't be removed, the run fails at the deadline. */
function removeIfPossible(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {}
}
