// The interface of systemd and cron, which start runs at their times.
import type { CommandContext } from '../../cli/main.js';
import type { OwnFile } from './own-files.js';
import type { Schedule } from './schedule.js';

export interface ScheduleFacts {
  /** Whether it will start runs. */
  readonly isEnabled: boolean;
  /** ms since the epoch; `undefined` if unknown, as for cron, or for the exit code after a reboot. */
  readonly nextRun: number | undefined;
  readonly lastRun: number | undefined;
  readonly exitCode: number | undefined;
}

/** The contents of a schedule's files. */
export interface WrittenPlan {
  /** The program and its arguments; empty if it can't be found there. */
  readonly command: readonly string[];
  /** The flags of `encrypted-s3 schedule` that made it. */
  readonly flags: readonly string[];
}

export interface Scheduler {
  readonly kind: 'systemd' | 'cron';
  /** The command that lets its runs begin while their user is logged out; `undefined` if they do. */
  readonly linger: string | undefined;
  /** Where its files are. */
  readonly folder: string;
  /** The names of the files of a schedule. */
  fileNames(name: string): readonly string[];
  /** The files that a schedule needs. */
  filesOf(schedule: Schedule): readonly OwnFile[];
  /** @param text of all its files */
  readPlan(text: string): WrittenPlan;
  /** @throws {BackupError} if this user can't use it, or it does not run */
  assertUsable(): void;
  /** Activates the files that were written. */
  enable(name: string): void;
  /** Deactivates the schedule before its files are removed. */
  disable(name: string): void;
  /** Makes the scheduler forget the files that were removed. */
  forget(name: string): void;
  factsOf(name: string): ScheduleFacts;
  /** Runs the backup now, just as the schedule will, and prints its warnings and errors. @returns the run's exit code */
  run(name: string, context: CommandContext): Promise<number>;
}
