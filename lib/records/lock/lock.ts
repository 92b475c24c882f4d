// LOCAL_LOCK lets only one run of a backup work at a time.
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupError } from '../../cli/errors.js';
import type { CommandContext } from '../../cli/main.js';
import type { Interruption } from '../../cli/signals/interruption.js';
import { openLockFile, tryFlock } from './flock.js';
import { LockFolder } from './lock-folder.js';
import { heldError } from './lock-holder.js';

/** Milliseconds between two attempts. */
const POLL = 250;

/**
 * Runs `work` while this process holds the lock: the original's flock on the file, and the folder beside it.
 * @param waitSeconds how long to wait for another run to end
 * @param work gets the descriptor of the lock file; the lock lasts as long as any process has it open
 * @throws {BackupError} with exit code 75 if another run holds the lock
 */
export async function withLock<T>(
  file: string,
  waitSeconds: number,
  { log, interruption }: CommandContext,
  work: (descriptor: number) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + waitSeconds * 1000;
  const descriptor = openLockFile(file);
  try {
    const attempt = () => tryFlock(file, descriptor, deadline, interruption);
    await repeatUntil(deadline, attempt, interruption, () => heldError(file));
    const folder = new LockFolder(file, log);
    await repeatUntil(
      folder.deadline,
      () => folder.tryLock(),
      interruption,
      () => folder.heldError(),
    );
    try {
      return await work(descriptor);
    } finally {
      await folder.release();
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * @param deadline in ms since the epoch; one in the past allows a single attempt
 * @throws {BackupError} `error`, at the deadline
 * @throws {InterruptedError} at a signal
 */
async function repeatUntil(
  deadline: number,
  attempt: () => Promise<boolean>,
  interruption: Interruption,
  error: () => BackupError,
): Promise<void> {
  while (!(await attempt())) {
    interruption.check();
    if (Date.now() >= deadline) throw error();
    await sleep(POLL);
  }
  interruption.check();
}
