import { setTimeout as sleep } from 'node:timers/promises';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { Interruption } from '../cli/interruption.js';

/** Milliseconds between two attempts. */
const POLL = 250;

/**
 * Repeats `attempt` until it succeeds.
 * @param deadline in ms since the epoch; one in the past allows a single attempt
 * @throws {BackupError} with exit code 75 at the deadline
 */
export async function waitForLock(
  file: string,
  deadline: number,
  interruption: Interruption,
  attempt: () => Promise<boolean>,
): Promise<void> {
  while (!(await attempt())) {
    interruption.check();
    if (Date.now() >= deadline) {
      throw new BackupError(`flock() failed. Another run holds the lock "${file}".`, {
        exitCode: exitCode.locked,
        hint: `Wait for it to end; encrypted-s3-sync does so with --wait SECONDS. An aws that a killed run has left keeps the lock, too: "fuser -v '${file}'" tells who does.`,
      });
    }
    await sleep(POLL);
  }
  interruption.check();
}
