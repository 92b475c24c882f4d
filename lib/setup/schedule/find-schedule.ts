// Whether a config has a schedule, and how its last run has ended.
import { resolve } from 'node:path';
import { BackupError } from '../../cli/errors.js';
import { Cron } from './cron.js';
import { scheduleName } from './name.js';
import { existingFiles, type ScheduleFacts, type Scheduler } from './scheduler.js';
import { Systemd } from './systemd.js';

export interface FoundSchedule extends ScheduleFacts {
  readonly scheduler: Scheduler;
  /** Their paths. */
  readonly files: readonly string[];
}

/** The scheduler that this user can give work to. */
export function ownScheduler(kind: Scheduler['kind']): Scheduler {
  return kind === 'cron' ? new Cron() : new Systemd(process.geteuid?.() === 0);
}

/** Whether it takes work from this user now. */
export function isUsable(kind: Scheduler['kind']): boolean {
  try {
    ownScheduler(kind).assertUsable();
    return true;
  } catch (error) {
    if (error instanceof BackupError) return false;
    throw error;
  }
}

/**
 * The schedules that `encrypted-s3 schedule` has written for a config, whether for this user or for the system; there is
 * one at most, unless two users have made one each.
 * @throws {BackupError} if something else has the name of one of its files
 */
export function findSchedules(config: string): FoundSchedule[] {
  const configFile = resolve(config);
  const name = scheduleName(configFile);
  const own = ownScheduler('systemd');
  const schedulers = [own, ...(process.geteuid?.() === 0 ? [] : [new Systemd(true)]), new Cron()];
  return schedulers.flatMap((scheduler) => {
    const files = existingFiles(scheduler, name, configFile);
    return files.length === 0 ? [] : [{ scheduler, files, ...scheduler.factsOf(name) }];
  });
}
