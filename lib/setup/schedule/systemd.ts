// A timer and a service of systemd, for the system or for one user.
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { BackupError, ifInterrupted, shellQuote } from '../../cli/errors.js';
import { exitCode, exitCodeOfSignal } from '../../cli/exit-codes.js';
import type { CommandContext } from '../../cli/main.js';
import { xdgFolder } from '../../cli/user-folders.js';
import type { OwnFile } from './own-files.js';
import type { Schedule } from './schedule.js';
import type { ScheduleFacts, Scheduler, WrittenPlan } from './scheduler.js';
import { askSystemd, commandSystemd, runAttached } from './system-programs.js';
import { failureServiceOf, planInUnits, serviceOf, timerOf, unitsOf } from './systemd-units.js';

export class Systemd implements Scheduler {
  readonly kind = 'systemd';
  readonly linger: string | undefined;
  readonly folder: string;
  readonly #isSystem: boolean;
  /** The options that select the manager. */
  readonly #manager: readonly string[];

  /** @param isSystem whether it is the system's manager, or this user's own */
  constructor(isSystem: boolean) {
    this.#isSystem = isSystem;
    this.#manager = isSystem ? [] : ['--user'];
    this.folder = isSystem ? '/etc/systemd/system' : userFolder();
    this.linger = isSystem ? undefined : commandToLinger();
  }

  fileNames(name: string): string[] {
    return [serviceOf(name), failureServiceOf(name), timerOf(name)];
  }

  filesOf(schedule: Schedule): OwnFile[] {
    const units = unitsOf(schedule, this.#isSystem);
    return units.map(({ name, text }) => ({ path: join(this.folder, name), text, isExecutable: false }));
  }

  readPlan(text: string): WrittenPlan {
    return planInUnits(text);
  }

  assertUsable(): void {
    const { isDone, reason } = askSystemd('systemctl', [...this.#manager, 'show', '--property=Version']);
    if (isDone) return;
    throw new BackupError(`systemd does not answer: ${reason}.`, {
      hint: this.#isSystem
        ? 'Without systemd, use cron: encrypted-s3 schedule --cron'
        : 'Log in as this user, not by su or sudo; or run this command as root.',
    });
  }

  enable(name: string): void {
    commandSystemd([...this.#manager, 'daemon-reload']);
    commandSystemd([...this.#manager, 'enable', timerOf(name)]);
    // A timer that is active would keep its old times.
    commandSystemd([...this.#manager, 'restart', timerOf(name)]);
  }

  disable(name: string): void {
    commandSystemd([...this.#manager, 'disable', '--now', timerOf(name)]);
  }

  forget(name: string): void {
    commandSystemd([...this.#manager, 'daemon-reload']);
    // Otherwise `systemctl --failed` would show it forever. This fails if there is nothing to forget.
    askSystemd('systemctl', [...this.#manager, 'reset-failed', serviceOf(name)]);
  }

  factsOf(name: string): ScheduleFacts {
    const timer = this.#show(timerOf(name), ['UnitFileState', 'NextElapseUSecRealtime', 'LastTriggerUSec']);
    const service = this.#show(serviceOf(name), ['ExecMainExitTimestamp', 'ExecMainCode', 'ExecMainStatus']);
    const ended = timeOf(service['ExecMainExitTimestamp']);
    const status = Number(service['ExecMainStatus']);
    // CLD_EXITED of waitid(2); the others are about signals.
    const code = service['ExecMainCode'] === '1' ? status : exitCodeOfSignal(status);
    return {
      isEnabled: timer['UnitFileState'] === 'enabled',
      nextRun: timeOf(timer['NextElapseUSecRealtime']),
      lastRun: ended ?? timeOf(timer['LastTriggerUSec']),
      exitCode: ended === undefined ? undefined : code,
    };
  }

  async run(name: string, { interruption }: CommandContext): Promise<number> {
    const service = serviceOf(name);
    await ifInterrupted(
      `The backup is scheduled, and the run goes on: systemctl ${[...this.#manager, 'status', service].join(' ')}`,
      runAttached('systemctl', [...this.#manager, '--quiet', 'start', service], interruption),
    );
    const { ConditionResult, InvocationID, Result } = this.#show(service, [
      'ConditionResult',
      'InvocationID',
      'Result',
    ]);
    if (ConditionResult === 'no')
      throw new BackupError(`systemd has not run "${service}": this machine is on battery.`, {
        hint: `It is scheduled. On mains power, try it: systemctl ${[...this.#manager, 'start', service].join(' ')}`,
      });
    const match = `_SYSTEMD_INVOCATION_ID=${InvocationID}`;
    // Not what the run sent to syslog, which is the same.
    const words = ['--quiet', '--no-pager', '--output=cat', '_TRANSPORT=stdout', match];
    stderr.write(askSystemd('journalctl', [...this.#manager, ...words]).stdout);
    const code = this.factsOf(name).exitCode ?? exitCode.failed;
    return code === exitCode.done && Result !== 'success' ? exitCode.failed : code;
  }

  #show(unit: string, properties: readonly string[]): Readonly<Record<string, string>> {
    const args = ['show', `--property=${properties.join(',')}`, unit];
    const lines = askSystemd('systemctl', [...this.#manager, ...args]).stdout.split('\n');
    return Object.fromEntries(
      lines.map((line) => line.split(/=(.*)/s)).map(([name, value]) => [name, value]),
    );
  }
}

function commandToLinger(): string | undefined {
  const user = userName();
  return existsSync(join('/var/lib/systemd/linger', user))
    ? undefined
    : `sudo loginctl enable-linger ${shellQuote(user)}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // The user has no name, as in a container.
    return `${process.geteuid?.()}`;
  }
}

function userFolder(): string {
  return join(xdgFolder('XDG_CONFIG_HOME', process.env) ?? '/.config', 'systemd/user');
}

/** @param text `Sat 2026-11-28 00:05:36 UTC`; '' or `n/a` for never */
function timeOf(text = ''): number | undefined {
  const time = Date.parse(text.replace(/^\w+ /, ''));
  return Number.isNaN(time) ? undefined : time;
}
