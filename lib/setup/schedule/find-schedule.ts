// Finds the schedules of a config, and how their last runs ended.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BackupError, errnoOf } from '../../cli/errors.js';
import { Cron } from './cron.js';
import { type OwnFile, readOwnFile } from './own-files.js';
import { scheduleName } from './schedule.js';
import type { ScheduleFacts, Scheduler, WrittenPlan } from './scheduler.js';
import { Systemd } from './systemd.js';

export interface FoundSchedule extends ScheduleFacts, WrittenPlan {
  readonly scheduler: Scheduler;
  readonly files: readonly Pick<OwnFile, 'path' | 'text'>[];
  /** The paths of missing files that it needs: its own, Node.js, this program. */
  readonly missing: readonly string[];
}

/** The scheduler of this user. */
export function ownScheduler(kind: Scheduler['kind']): Scheduler {
  return kind === 'cron' ? new Cron() : new Systemd(process.geteuid?.() === 0);
}

/** Whether this user can use it now. */
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
 * The schedules that `encrypted-s3 schedule` has written for a config, for this user or for the system: at most one,
 * unless two users have written one each.
 * @throws {BackupError} if a file of another origin has the name of one of its files
 */
export function findSchedules(file: string): FoundSchedule[] {
  const configFile = resolve(file);
  const name = scheduleName(configFile);
  const own = ownScheduler('systemd');
  const schedulers = [own, ...(process.geteuid?.() === 0 ? [] : [new Systemd(true)]), new Cron()];
  return schedulers.flatMap((scheduler) => {
    const paths = scheduler.fileNames(name).map((file) => join(scheduler.folder, file));
    const files = paths.flatMap((path) => {
      const text = readOwnFile(path, configFile);
      return text === undefined ? [] : [{ path, text }];
    });
    if (files.length === 0) return [];
    const plan = scheduler.readPlan(files.map(({ text }) => text).join('\n'));
    const missing = [...paths, ...plan.command.slice(0, 2)].filter(isMissing);
    return [{ scheduler, files, missing, ...plan, ...scheduler.factsOf(name) }];
  });
}

/** True if a file certainly does not exist. */
function isMissing(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
  }
}
