// The progress of a transfer, for the progress line.
import { formatDuration } from './duration.js';
import { formatBytes } from './quantities.js';

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
