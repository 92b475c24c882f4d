// The local time zone, for times that a person writes. The C library takes TZ for a name, a file, or a rule; Node knows
// names only, and silently computes in UTC, or without summer time, where it has something else.
import { realpathSync } from 'node:fs';
import { BackupError } from '../errors.js';

const NAME_IN_PATH = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/;
/** Those that Node calls UTC, as it does whatever it does not know. */
const UTC = /^(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal|Greenwich)0?$/i;

/** Has Node use the zone of a TZ that is the path of a file, `/etc/localtime` for one. */
export function adoptTimeZone(): void {
  const path = process.env['TZ']?.replace(/^:/, '');
  if (!path?.startsWith('/')) return;
  const name = NAME_IN_PATH.exec(path)?.[1] ?? NAME_IN_PATH.exec(realpathOf(path))?.[1];
  if (name !== undefined) process.env['TZ'] = name;
}

/** @throws {BackupError} if Node does not know the zone of TZ: local times would be others than `date` shows */
export function checkTimeZone(): void {
  const zone = process.env['TZ']?.replace(/^:/, '');
  if (!zone || UTC.test(zone)) return;
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions() as { timeZone?: string };
  if (timeZone !== undefined && timeZone !== 'UTC' && timeZone !== 'Etc/Unknown') return;
  throw new BackupError(`TZ is "${zone}", of which this program can't tell the time.`, {
    hint: 'Write the time with its zone, as 2026-03-28T18:00:00Z; or set TZ to a name, as Europe/Berlin.',
  });
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
