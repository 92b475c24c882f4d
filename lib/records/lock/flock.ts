// flock(2) on LOCAL_LOCK is the original's own lock, so that its scripts and this program exclude each other. Node
// lacks it, so flock(1) of util-linux takes the lock on a descriptor of this process. The lock belongs to the open
// file: this process keeps it, and so does every child that inherits the descriptor.
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import type { Interruption } from '../../cli/signals/interruption.js';
import { startProgram } from '../../cli/start-program.js';
import { type OpenPlace, openPlace, pathIn } from '../../tree/disk/trust/trusted-place.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
/** O_NONBLOCK, since opening a FIFO would wait for its reader. */
const FLAGS = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOFOLLOW;
/** flock(1)'s exit code for a lock that somebody else holds. */
const HELD = 1;
/** Milliseconds that flock(1) has at least: it takes long only where a file system does not answer. */
const PATIENCE = 10_000;

/**
 * The lock file is not truncated, unlike the original's: LOCAL_LOCK may name the wrong file.
 * @throws {BackupError} if it can't be opened, or its path has a link that somebody else may have made
 */
export function openLockFile(file: string): number {
  let place: OpenPlace | undefined;
  try {
    place = openPlace(file);
    const path = pathIn(place.folder, place.name);
    // O_CREAT only for a missing file: in a sticky folder such as /tmp, Linux (fs.protected_regular) refuses O_CREAT
    // even to root if the file is another user's.
    return openIfThere(path) ?? openSync(path, FLAGS | O_CREAT, 0o666);
  } catch (error) {
    const why = error instanceof BackupError ? error.message : `${describeError(error)}.`;
    throw new BackupError(`Can't open the lock file "${file}": ${why}`, {
      hint: 'Set LOCAL_LOCK to a file in a folder that exists and that this user may write to.',
    });
  } finally {
    if (place !== undefined) closeSync(place.folder);
  }
}

function openIfThere(path: string | Buffer): number | undefined {
  try {
    return openSync(path, FLAGS);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Takes the exclusive lock on the open lock file, unless another process holds it. The deadline and signals end the
 * wait even if flock(1) hangs.
 * @param deadline in ms since the epoch
 * @returns whether the lock is ours now
 * @throws {BackupError} if flock(1) fails or does not answer
 * @throws {InterruptedError} at a signal
 */
export async function tryFlock(
  file: string,
  descriptor: number,
  deadline: number,
  interruption: Interruption,
): Promise<boolean> {
  const patience = Math.max(deadline - Date.now(), PATIENCE);
  interruption.check();
  // Not AbortSignal.any: Node 20 forgets a timeout that nothing else refers to.
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, patience);
  interruption.aborted.addEventListener('abort', end, { once: true });
  const child = startProgram('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    // In a process group of its own, so that Ctrl-C reaches this process only, and is not taken for a failure of
    // flock(1).
    detached: true,
    signal: ending.signal,
    killSignal: 'SIGKILL',
  });
  child.on('error', () => undefined);
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    words += text;
  });
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    if (status === 0 || status === HELD) return status === 0;
    throw new BackupError(
      `The program "flock" failed with exit code ${status}: ${words.trim() || 'no message'}`,
      {
        hint: `Try it: flock -n '${file}' true`,
      },
    );
  } catch (error) {
    if (!(error instanceof Error) || error instanceof BackupError) throw error;
    // If flock(1) can't be killed, it must not keep this process from ending.
    child.unref();
    child.stderr?.destroy();
    interruption.check();
    throw notLocked(error, file, patience);
  } finally {
    clearTimeout(timer);
    interruption.aborted.removeEventListener('abort', end);
  }
}

function notLocked(error: Error, file: string, patience: number): BackupError {
  if (error.name !== 'AbortError') {
    const message = `The program "flock" does not start: ${describeError(error)}.`;
    return new BackupError(message, { hint: 'Install the package util-linux.' });
  }
  const seconds = Math.round(patience / 1000);
  return new BackupError(`The program "flock" has not answered for ${seconds} s about the lock "${file}".`, {
    hint: 'Its file system hangs, as one over the network may. Set LOCAL_LOCK to a file on a local disk.',
  });
}
