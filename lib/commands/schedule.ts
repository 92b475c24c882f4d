// Schedules a backup with systemd or cron, shows its schedule, or removes it.
import { resolve } from 'node:path';
import { stdout } from 'node:process';
import { BackupError, shellQuote } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { isQuiet } from '../cli/log/output-options.js';
import type { CommandContext } from '../cli/main.js';
import { formatDuration } from '../cli/units/quantities.js';
import { formatTime } from '../cli/units/times.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import { makeFolders, stateHome } from '../records/state-folder.js';
import { type FoundSchedule, findSchedules, ownScheduler } from '../setup/schedule/find-schedule.js';
import { removeOwnFile, writeOwnFile } from '../setup/schedule/own-files.js';
import { programsOf, scheduleName, scheduleOf, type When } from '../setup/schedule/schedule.js';
import type { ScheduleFacts, Scheduler } from '../setup/schedule/scheduler.js';
import { weakProgram } from '../setup/schedule/weak-program.js';

/**
 * Writes and enables a schedule, which replaces an earlier one, and runs it once.
 * @param named the config; `undefined` for the one in the default place
 * @returns the exit code of that run
 */
export async function schedule(
  named: string | undefined,
  kind: Scheduler['kind'],
  when: When,
  context: CommandContext,
): Promise<number> {
  const configFile = pathOf(named);
  const scheduler = ownScheduler(kind);
  scheduler.assertUsable();
  const others = findSchedules(configFile).filter((it) => it.scheduler.folder !== scheduler.folder);
  assertMayReplace(others);
  // Resolves relative paths in it as the runs will.
  const config = await readConfig(configFile, context.log, '/');
  if (config.hooksRefusal !== undefined) throw config.hooksRefusal;
  // systemd lets a run write only to folders that exist when it begins.
  const state = stateHome(config.environment);
  if (state !== undefined) makeFolders(state, 0o700);
  const planned = scheduleOf(config, configFile, when);
  const weakness = weakProgram(programsOf(config, planned.command));
  if (weakness !== undefined) context.log.warn(`${weakness.text}: ${weakness.remedy}`);
  for (const file of scheduler.filesOf(planned)) {
    await writeOwnFile(file, configFile);
    say(`Wrote ${file.path}:\n\n${indented(file.text)}`);
  }
  scheduler.enable(planned.name);
  for (const other of others) remove(other, configFile);
  say(describe(scheduler, scheduler.factsOf(planned.name)));
  say('Running it once, to see whether it works...');
  const started = Date.now();
  const code = await scheduler.run(planned.name, context);
  reportRun(code, Date.now() - started, context);
  return code;
}

/** @throws {BackupError} if root has scheduled the same backup: it would run twice */
function assertMayReplace([other]: readonly FoundSchedule[]): void {
  if (other === undefined || process.geteuid?.() === 0) return;
  throw new BackupError(`Root has scheduled this backup already, by "${other.files[0]?.path}".`, {
    hint: 'Leave it at that, or have root remove it: encrypted-s3 schedule --remove CONFIG',
  });
}

function reportRun(code: number, milliseconds: number, { log }: CommandContext): void {
  const took = `after ${formatDuration(milliseconds / 1000)}`;
  if (code === exitCode.done) say(`The run ended well ${took}.`);
  else {
    log.error(`The run ended with exit code ${code} ${took}. The schedule stays, and will try again.`);
    log.hint('Correct the problems above, and run this command again.');
  }
}

/** Prints the files of a config's schedule, and when it ran and will run. @throws {BackupError} if there is none */
export function showSchedule(named: string | undefined): number {
  const found = schedulesOf(pathOf(named));
  for (const { scheduler, files, ...facts } of found) {
    const texts = files.map(({ path, text }) => `${path}:\n\n${indented(text)}\n`);
    stdout.write(`${texts.join('')}${describe(scheduler, facts)}\n`);
  }
  return exitCode.done;
}

/** Removes the schedule of a config, and nothing else. @throws {BackupError} if there is none */
export function removeSchedule(named: string | undefined): number {
  const configFile = pathOf(named);
  for (const it of schedulesOf(configFile)) remove(it, configFile);
  return exitCode.done;
}

function remove({ scheduler, files }: FoundSchedule, configFile: string): void {
  const name = scheduleName(configFile);
  scheduler.disable(name);
  for (const { path } of files) {
    removeOwnFile(path, configFile);
    say(`Removed ${path}.`);
  }
  scheduler.forget(name);
}

function pathOf(named: string | undefined): string {
  return resolve(configFileOrDefault(named));
}

function schedulesOf(configFile: string): FoundSchedule[] {
  const found = findSchedules(configFile);
  if (found.length > 0) return found;
  throw new BackupError(`"${configFile}" has no schedule that this command has made.`, {
    hint: `To make one: encrypted-s3 schedule ${shellQuote(configFile)}`,
  });
}

function describe({ kind, linger }: Scheduler, facts: ScheduleFacts): string {
  if (kind === 'cron') return 'cron runs it once a day, and mails what it prints.';
  const { isEnabled, nextRun, lastRun, exitCode: code } = facts;
  return [
    isEnabled ? `Next run: ${nextRun === undefined ? 'unknown' : formatTime(nextRun)}` : 'It is not enabled.',
    ...(lastRun === undefined ? [] : [`Last run: ${formatTime(lastRun)}`]),
    ...(code === undefined ? [] : [`Its exit code: ${code}`]),
    ...(linger === undefined
      ? []
      : [`It runs only while this user is logged in. To let it run always: ${linger}`]),
  ].join('\n');
}

/** Prints what is going on, unless --quiet is set. */
function say(text: string): void {
  if (!isQuiet()) stdout.write(`${text}\n`);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
