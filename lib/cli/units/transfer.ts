// How far a transfer is, for the progress line.
import { formatDuration } from './duration.js';
import { formatBytes } from './quantities.js';

/** Sooner, a rate would say little. */
const SETTLED = 2;

/**
 * `1.2 GiB of 3.4 GiB, 12.0 MiB/s, 3 min left`
 * @param seconds since the transfer began
 */
export function formatTransfer(doneBytes: number, allBytes: number, seconds: number): string {
  const amount = `${formatBytes(doneBytes)} of ${formatBytes(allBytes)}`;
  if (seconds < SETTLED || doneBytes === 0) return amount;
  const rate = doneBytes / seconds;
  return `${amount}, ${formatBytes(Math.round(rate))}/s, ${formatDuration((allBytes - doneBytes) / rate)} left`;
}
