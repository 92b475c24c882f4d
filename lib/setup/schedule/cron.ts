// Schedules by cron's folder of daily programs, which only root can write.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError, shellQuote } from '../../cli/errors.js';
import type { CommandContext } from '../../cli/main.js';
import { markerOf, type OwnFile } from './own-files.js';
import { wordsIn } from './quoting.js';
import type { Schedule } from './schedule.js';
import type { ScheduleFacts, Scheduler, WrittenPlan } from './scheduler.js';
import { runAttached } from './system-programs.js';

/** The environment that Debian's /etc/crontab gives to the programs in its folders. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin', HOME: '/', SHELL: '/bin/sh', LOGNAME: 'root' };

export class Cron implements Scheduler {
  readonly kind = 'cron';
  readonly linger = undefined;
  readonly folder = '/etc/cron.daily';

  fileNames(name: string): string[] {
    return [name];
  }

  filesOf(schedule: Schedule): OwnFile[] {
    return [{ path: join(this.folder, schedule.name), text: cronText(schedule), isExecutable: true }];
  }

  readPlan(text: string): WrittenPlan {
    return { command: wordsIn(/^exec (.*)$/m.exec(text)?.[1] ?? ''), flags: ['--cron'] };
  }

  assertUsable(): void {
    if (process.geteuid?.() !== 0)
      throw new BackupError('Only root can schedule a daily program of cron by a file.', {
        hint: 'Run this command as root, or without --cron for your own timer.',
      });
    if (!existsSync(this.folder))
      throw new BackupError(`There is no "${this.folder}" on this machine.`, {
        hint: 'Install cron, or leave out --cron for a timer of systemd.',
      });
  }

  enable(): void {}

  disable(): void {}

  forget(): void {}

  factsOf(): ScheduleFacts {
    return { isEnabled: true, nextRun: undefined, lastRun: undefined, exitCode: undefined };
  }

  run(name: string, { interruption }: CommandContext): Promise<number> {
    return runAttached(join(this.folder, name), [], interruption, ENVIRONMENT);
  }
}

export function cronText({ configFile, environment, command }: Schedule): string {
  const variables = environment.map(([name, value]) => `export ${name}=${shellQuote(value)}\n`).join('');
  return `#!/bin/sh
${markerOf(configFile)}
${variables}exec ${command.map(shellQuote).join(' ')}
`;
}
