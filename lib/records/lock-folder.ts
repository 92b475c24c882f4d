// proper-lockfile's folder beside LOCAL_LOCK, for file systems that machines share without sharing flock.
// On one machine it is flock that counts: a folder that went stale, while a laptop slept say, stops nothing.
import { rmdirSync, statSync } from 'node:fs';
import { lock } from 'proper-lockfile';
import { errnoOf } from '../cli/errors.js';
import type { Interruption } from '../cli/interruption.js';
import { waitForLock } from './until-free.js';

/** Milliseconds after which a folder whose owner was killed counts as abandoned. */
const STALE = 8_000;
/** With the flock ours, the owner of a folder is gone or on another machine: this tells which. */
const PATIENCE = STALE + 4_000;

/**
 * Takes the folder; the flock must be held.
 * @returns what gives it back
 * @throws {BackupError} with exit code 75 if another machine keeps it fresh
 */
export async function acquireLockFolder(
  file: string,
  interruption: Interruption,
  log: (message: string) => void,
): Promise<() => Promise<void>> {
  let release = async (): Promise<void> => undefined;
  const isAbandoned = watchForUpdates(`${file}.lock`);
  await waitForLock(file, Date.now() + PATIENCE, interruption, async () => {
    try {
      release = await lock(file, {
        realpath: false,
        // The default would be found without looking at links.
        lockfilePath: `${file}.lock`,
        stale: STALE,
        onCompromised: (error) =>
          log(`The lock folder was not kept fresh (${error.message}); flock still holds.`),
      });
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ELOCKED') {
        if (isAbandoned()) remove(`${file}.lock`);
        return false;
      }
      log(`No lock folder beside "${file}" (${errnoOf(error)}); flock alone is used.`);
      return true;
    }
  });
  // It may be gone already, after a suspend.
  return () => release().catch(() => undefined);
}

/**
 * Tells when a folder has gone without an update for longer than a living owner would let it. Its own time
 * alone does not tell: the clock may have been set back since.
 */
function watchForUpdates(folder: string): () => boolean {
  let seen: number | undefined;
  let since = Date.now();
  return () => {
    const updated = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (updated !== seen) since = Date.now();
    seen = updated;
    return Date.now() - since > STALE;
  };
}

/** One that can't be removed stays in the way, and is reported as such at the end of the patience. */
function remove(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {}
}
