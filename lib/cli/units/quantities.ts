// Sizes, counts, lengths of time and the progress of a transfer in words, for people.

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A number of bytes for people. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
}

/** `1 file`, `1,204 files`. Whole numbers: `toLocaleString` would load Node's tables of languages, 15 ms of each run. */
export function formatCount(count: number, noun: string): string {
  const digits = `${count}`.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${digits} ${noun}${count === 1 ? '' : 's'}`;
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

/** Seconds. Before that, a rate would say little. */
const SETTLED = 2;
/** The part that must be done before the time left is shown: small files, which come first, do not predict it. */
const TELLING = 0.01;

/**
 * `1.2 GiB of 3.4 GiB, 12.0 MiB/s, 3 min left`
 * @param seconds since the transfer began
 */
export function formatTransfer(doneBytes: number, allBytes: number, seconds: number): string {
  const amount = `${formatBytes(doneBytes)} of ${formatBytes(allBytes)}`;
  if (seconds < SETTLED || doneBytes === 0) return amount;
  const rate = doneBytes / seconds;
  const soFar = `${amount}, ${formatBytes(Math.round(rate))}/s`;
  if (doneBytes < allBytes * TELLING) return soFar;
  return `${soFar}, ${formatDuration((allBytes - doneBytes) / rate)} left`;
}
