// The TIME of --at: a point in the past, as a person writes it.
import { BackupError } from '../errors.js';
import { checkTimeZone } from './time-zone.js';

const UNITS: Readonly<Record<string, (date: Date, count: number) => void>> = {
  second: (date, count) => date.setTime(date.getTime() - count * 1000),
  minute: (date, count) => date.setTime(date.getTime() - count * 60_000),
  hour: (date, count) => date.setTime(date.getTime() - count * 3_600_000),
  day: (date, count) => date.setDate(date.getDate() - count),
  week: (date, count) => date.setDate(date.getDate() - 7 * count),
  month: (date, count) => toMonthBefore(date, count),
  year: (date, count) => toMonthBefore(date, 12 * count),
};

/** The same day of an earlier month, or its last day: a month before 31 March is 28 February, not 3 March. */
function toMonthBefore(date: Date, months: number): void {
  const day = date.getDate();
  date.setMonth(date.getMonth() - months);
  // Day 0 is the last one of the month before.
  if (date.getDate() !== day) date.setDate(0);
}

/** `2 days ago`, `1h ago`, `an hour ago`, `90 min ago`; `last week` is `1 week ago`. */
const AGO = /^(\d{1,6}|an?) *(second|sec|s|minute|min|m|hour|h|day|d|week|w|month|year|y)s? ago$/;
const SHORT: Readonly<Record<string, string>> = {
  sec: 'second',
  s: 'second',
  min: 'minute',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  y: 'year',
};
/** Refused in any case: it is enough to know that. */
const TO_COME = /^(?:tomorrow|next|in)\b/;
const LAST = /^last (week|month|year)$/;
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** A clock time alone is today's. */
const DAY_NAME = new RegExp(
  `^(?:(today|yesterday|(?:last )?(?:${WEEKDAYS.join('|')}))(?: +|$))?(\\d{1,2}:.*)?$`,
);
const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:(?:[tT]| +)(\d{1,2}:.*))?$/;
const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: *(z|utc|[+-]\d\d(?::?\d\d)?))?$/;

/**
 * Understands ISO 8601 with and without a zone (without: the local one), a date, `2 days ago`, `1h ago`, `last week`,
 * `yesterday`, `monday` (the last one before today), `yesterday 18:00`, `18:00` (today), and `now`. A day alone means its
 * end: "as it was on that day". A time without a fraction means the end of its second, since Amazon's times are whole
 * seconds.
 * @returns milliseconds since the epoch
 * @throws {BackupError} for anything else, for a time in the future, and for a local time in an unknown zone
 */
export function parseTime(text: string, now = new Date()): number {
  const words = text.trim().toLowerCase();
  if (TO_COME.test(words)) throw toComeError(`"${text}" is in the future.`);
  const time = relative(words, now) ?? named(words, now) ?? absolute(words);
  if (time === undefined) {
    throw new BackupError(`"${text}" is not a time that this program understands.`, {
      hint: 'Examples: 2026-03-28, "2026-03-28 18:00", 2026-03-28T18:00:00Z, "2 days ago", "monday 18:00", 13:11.',
    });
  }
  if (time.begin > now.getTime()) throw toComeError(`"${text}" is in the future: ${formatTime(time.begin)}.`);
  return time.end;
}

/** The same for an option that may be missing. @returns `undefined` for now @throws {BackupError} as `parseTime` */
export function timeOrNow(at: string | undefined): number | undefined {
  return at === undefined ? undefined : parseTime(at);
}

function toComeError(message: string): BackupError {
  return new BackupError(message, { hint: 'Give a time in the past; "now" is the latest.' });
}

interface Span {
  readonly begin: number;
  readonly end: number;
}

function relative(words: string, now: Date): Span | undefined {
  if (words === 'now') return { begin: now.getTime(), end: now.getTime() };
  const [, last] = LAST.exec(words) ?? [];
  const [, count, unit] = last === undefined ? (AGO.exec(words) ?? []) : ['', '1', last];
  if (count === undefined || unit === undefined) return undefined;
  const date = new Date(now);
  UNITS[SHORT[unit] ?? unit]?.(date, count.startsWith('a') ? 1 : Number(count));
  return Number.isNaN(date.getTime()) ? undefined : { begin: date.getTime(), end: date.getTime() };
}

function named(words: string, now: Date): Span | undefined {
  const [, name, clock] = DAY_NAME.exec(words) ?? [];
  if (name === undefined && clock === undefined) return undefined;
  const day = new Date(now);
  day.setDate(day.getDate() - daysBefore(name, day));
  return onDay(day.getFullYear(), day.getMonth(), day.getDate(), clock);
}

/** How many days before today the day of that name is. */
function daysBefore(name: string | undefined, today: Date): number {
  if (name === undefined || name === 'today') return 0;
  if (name === 'yesterday') return 1;
  const weekday = WEEKDAYS.indexOf(name.replace('last ', ''));
  return ((today.getDay() - weekday + 6) % 7) + 1;
}

function absolute(words: string): Span | undefined {
  const [, year, month, day, clock] = DATE.exec(words) ?? [];
  return year === undefined ? undefined : onDay(Number(year), Number(month) - 1, Number(day), clock);
}

/** @param month from 0 */
function onDay(year: number, month: number, day: number, clock: string | undefined): Span | undefined {
  const noon = new Date(year, month, day, 12);
  if (noon.getMonth() !== month || noon.getDate() !== day) return undefined;
  if (clock === undefined) {
    checkTimeZone();
    const next = new Date(year, month, day + 1).getTime();
    return { begin: new Date(year, month, day).getTime(), end: next - 1 };
  }
  const [, hour, minute, second = '0', fraction, zone] = CLOCK.exec(clock) ?? [];
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (hour === undefined || h > 23 || m > 59 || s > 59) return undefined;
  if (zone === undefined) checkTimeZone();
  const begin =
    zone === undefined
      ? new Date(year, month, day, h, m, s).getTime()
      : Date.UTC(year, month, day, h, m, s) - offsetOf(zone);
  const milliseconds = fraction === undefined ? 999 : Math.trunc(Number(`0.${fraction}`) * 1000);
  return { begin, end: begin + milliseconds };
}

/** @returns milliseconds east of UTC */
function offsetOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** Local time with its zone, to the second: `2026-03-28 18:00:00 +0100`. `parseTime` understands it. */
export function formatTime(milliseconds: number): string {
  const east = -new Date(milliseconds).getTimezoneOffset();
  const zone = `${east < 0 ? '-' : '+'}${twoDigits(Math.trunc(Math.abs(east) / 60))}${twoDigits(Math.abs(east) % 60)}`;
  return `${formatLocalTime(milliseconds)} ${zone}`;
}

/** The same without the zone, for tables. */
export function formatLocalTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits);
  return `${day.join('-')} ${time.join(':')}`;
}

function twoDigits(value: number): string {
  return `${value}`.padStart(2, '0');
}
