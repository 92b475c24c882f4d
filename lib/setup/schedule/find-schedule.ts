// Whether a config has a schedule, and how its last run has ended.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BackupError, errnoOf } from '../../cli/errors.js';
import { Cron } from './cron.js';
import { scheduleName } from './name.js';
import { readOwnFile } from './own-files.js';
import type { ScheduleFacts, Scheduler, WrittenPlan } from './scheduler.js';
import { Systemd } from './systemd.js';

export interface FoundSchedule extends ScheduleFacts, WrittenPlan {
  readonly scheduler: Scheduler;
  readonly files: readonly WrittenFile[];
  /** The paths of what it needs and is not there: files of its own, Node.js, this program. */
  readonly missing: readonly string[];
}

interface WrittenFile {
  readonly path: string;
  readonly text: string;
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

/** Not of what may not be looked at. */
function isMissing(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
  }
}
