// Lengths of time, as people write and read them.
import { InvalidArgumentError } from 'commander';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** For commander: `90s`, `30m`, `26h`, `2d`, `1w`; a number alone means seconds. @returns seconds */
export function parseDuration(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})([smhdw])?$/.exec(text.trim()) ?? [];
  if (count === undefined) throw new InvalidArgumentError('Examples: 90s, 30m, 26h, 2d.');
  return Number(count) * (SECONDS[unit] ?? 1);
}

/** The two largest units: `5 h 12 min`, `3 days 4 h`, `42 s`. @param seconds 0 or more */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor((whole % 86_400) / 3600)];
  const [minutes, rest] = [Math.floor((whole % 3600) / 60), whole % 60];
  if (days > 0) return join(`${days} ${days === 1 ? 'day' : 'days'}`, hours, 'h');
  if (hours > 0) return join(`${hours} h`, minutes, 'min');
  return minutes > 0 ? join(`${minutes} min`, rest, 's') : `${rest} s`;
}

function join(first: string, count: number, unit: string): string {
  return count === 0 ? first : `${first} ${count} ${unit}`;
}
