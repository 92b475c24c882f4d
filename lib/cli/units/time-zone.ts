// The local time zone, for times that a person writes. The C library takes TZ as a name, a file, or a rule. Node knows
// only names: with anything else it silently computes in UTC, or without summer time.
import { realpathSync } from 'node:fs';
import { BackupError } from '../errors.js';

const NAME_IN_PATH = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/;
/** The names of UTC. Node also says UTC for names that it does not know. */
const UTC = /^(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal|Greenwich)0?$/i;

/** Replaces a TZ that is the path of a file, such as `/etc/localtime`, by the name of its zone. */
export function adoptTimeZone(): void {
  const path = process.env['TZ']?.replace(/^:/, '');
  if (!path?.startsWith('/')) return;
  const name = NAME_IN_PATH.exec(path)?.[1] ?? NAME_IN_PATH.exec(realpathOf(path))?.[1];
  if (name !== undefined) process.env['TZ'] = name;
}

/** @throws {BackupError} if Node does not know the zone of TZ: local times would differ from those of `date` */
export function checkTimeZone(): void {
  const zone = process.env['TZ']?.replace(/^:/, '');
  if (!zone || UTC.test(zone)) return;
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions() as { timeZone?: string };
  if (timeZone !== undefined && timeZone !== 'UTC' && timeZone !== 'Etc/Unknown') return;
  throw new BackupError(`TZ is "${zone}", a time zone that this program does not know.`, {
    hint: 'Write the time with its zone, as in 2026-03-28T18:00:00Z, or set TZ to a name such as Europe/Berlin.',
  });
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
