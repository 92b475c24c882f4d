// Starts systemctl, journalctl, and a cron file that was just written.
import { once } from 'node:events';
import { constants } from 'node:os';
import { BackupError, describeError } from '../../cli/errors.js';
import { exitCodeOfSignal } from '../../cli/exit-codes.js';
import type { Interruption } from '../../cli/signals/interruption.js';
import { runProgram, startProgram } from '../../cli/start-program.js';

/** Milliseconds in which systemd must answer. */
const PATIENCE = 30_000;

interface Answer {
  readonly isDone: boolean;
  readonly stdout: string;
  /** The reason of a failure, without a full stop. */
  readonly reason: string;
}

/** Asks systemd. */
export function askSystemd(program: 'systemctl' | 'journalctl', args: readonly string[]): Answer {
  const { error, status, stdout, stderr } = runProgram(program, args, {
    encoding: 'utf8',
    // Times in UTC can be read back.
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE,
  });
  const reason =
    error === undefined ? (stderr.trim().split('\n')[0] ?? '').replace(/\.$/, '') : describeError(error);
  return { isDone: error === undefined && status === 0, stdout: stdout ?? '', reason };
}

/** Gives systemd an order. @throws {BackupError} if it fails */
export function commandSystemd(args: readonly string[]): void {
  const { isDone, reason } = askSystemd('systemctl', args);
  if (!isDone)
    throw new BackupError(`systemctl ${args.join(' ')} has failed: ${reason || 'no reason given'}.`);
}

/**
 * Runs a program to its end, with this process's output.
 * @param environment its variables; by default this process's
 * @returns its exit code
 */
export async function runAttached(
  program: string,
  args: readonly string[],
  interruption: Interruption,
  environment?: NodeJS.ProcessEnv,
): Promise<number> {
  const child = startProgram(program, args, {
    env: environment ?? process.env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  if (child.pid !== undefined) interruption.adopt(child.pid);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return signal === null ? (code ?? 1) : exitCodeOfSignal(constants.signals[signal]);
  } catch (error) {
    throw new BackupError(`"${program}" can't be started: ${describeError(error)}.`);
  } finally {
    if (child.pid !== undefined) interruption.release(child.pid);
    interruption.check();
  }
}
