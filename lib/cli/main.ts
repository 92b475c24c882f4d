// What surrounds every command: signals, the log, and the one place that turns an error into a message and an exit
// code.
import { constants } from 'node:os';
import { BackupError, InterruptedError } from './errors.js';
import { exitCode, exitCodeOfSignal } from './exit-codes.js';
import { Log } from './log/log.js';
import { Interruption } from './signals/interruption.js';
import { adoptTimeZone } from './units/time-zone.js';

export interface CommandContext {
  readonly log: Log;
  readonly interruption: Interruption;
}

interface CommandMessages {
  /** Whether messages on stderr begin with `name[PID]: `, as those of the original's sync do. */
  readonly arePrefixed?: true;
  /** What remains after a signal and how to continue; shown on a terminal only. */
  readonly afterSignal?: string;
}

/** Runs a command and sets the process's exit code; the process ends when nothing is left to do. */
export async function main(
  name: string,
  command: (context: CommandContext) => Promise<number>,
  { arePrefixed, afterSignal = 'Run the same command again to go on from here.' }: CommandMessages = {},
): Promise<void> {
  const log = new Log(name, arePrefixed === true);
  adoptTimeZone();
  const interruption = new Interruption();
  interruption.install();
  // The reader of the output may stop, as `head` does.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    checkFolder();
    process.exitCode = await command({ log, interruption });
  } catch (error) {
    process.exitCode = report(error, log, afterSignal);
  }
  if (await log.close()) return;
  // A thread of Node is stuck in a call of syslog: Node would wait for it forever and ignore signals.
  process.stderr.write(
    `${name}: syslog does not answer and lacks messages of this command, which has ended with exit code ${process.exitCode}. This process now kills itself.\n`,
  );
  process.kill(process.pid, 'SIGKILL');
}

/** @throws {BackupError} if the current folder has been removed */
function checkFolder(): void {
  try {
    process.cwd();
  } catch {
    throw new BackupError('The current folder has been removed.', { hint: 'Go to another one: cd /' });
  }
}

/** The exit code of a command that throws `error`. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof InterruptedError) return exitCodeOfSignal(constants.signals[error.signal]);
  return error instanceof BackupError ? error.exitCode : exitCode.failed;
}

function report(error: unknown, log: Log, afterSignal: string): number {
  if (error instanceof InterruptedError) {
    log.ended(`Ended by ${error.signal}. ${error.remains ?? afterSignal}`);
  } else if (error instanceof BackupError) {
    for (const line of error.lines) log.error(line);
    if (error.hint !== undefined) log.hint(error.hint);
  } else
    log.error(`This is a defect of encrypted-s3-backup: ${error instanceof Error ? error.stack : error}`);
  return exitCodeOfError(error);
}
