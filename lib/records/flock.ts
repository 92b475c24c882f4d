// flock(2) on LOCAL_LOCK, the original's own lock: bash scripts and this exclude each other. Node does not have
// it, so util-linux's flock(1) takes it on a descriptor of ours. The lock belongs to the open file description:
// it stays with us, and with every child that inherits the descriptor.
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { BackupError, describeError } from '../cli/errors.js';
import type { Interruption } from '../cli/interruption.js';
import { withoutKey } from '../secrets/environment.js';
import { waitForLock } from './until-free.js';

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
/** flock(1)'s exit code for a lock that somebody else holds. */
const HELD = 1;

export interface Flock {
  /** The open lock file: children that inherit it keep the lock. */
  readonly descriptor: number;
  release(): void;
}

/**
 * Takes the lock.
 * @param waitSeconds how long to wait for another run to end
 * @throws {BackupError} with exit code 75 if another run holds it
 */
export async function acquireFlock(
  file: string,
  waitSeconds: number,
  interruption: Interruption,
): Promise<Flock> {
  const descriptor = openLockFile(file);
  try {
    await waitForLock(file, Date.now() + waitSeconds * 1000, interruption, () => tryFlock(descriptor));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return { descriptor, release: () => closeSync(descriptor) };
}

/** Not truncated, unlike the original: LOCAL_LOCK may name the wrong file. */
function openLockFile(file: string): number {
  try {
    // Without O_NONBLOCK, a FIFO would be waited for.
    return openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o666);
  } catch (error) {
    throw new BackupError(`The lock file "${file}" can't be opened: ${describeError(error)}.`, {
      hint: 'LOCAL_LOCK must name a file in a folder that exists and that this user may write to.',
    });
  }
}

/** Whether the exclusive lock on the open file `descriptor` was free, and is ours now. */
async function tryFlock(descriptor: number): Promise<boolean> {
  const child = spawn('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
    // A Ctrl-C is for us, and not a failure of flock(1).
    detached: true,
    env: withoutKey(),
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).catch((error) => {
    throw new BackupError(`The program "flock" could not be started: ${describeError(error)}.`, {
      hint: 'Install the package util-linux.',
    });
  });
  if (status !== 0 && status !== HELD)
    throw new BackupError(`The program "flock" failed with exit code ${status}.`);
  return status === 0;
}
