// Judges whether a backup is fresh and complete, in the states of monitoring plugins.
import { formatDuration } from '../cli/units/quantities.js';
import type { BackupStatus } from './backup-status.js';

/** The exit codes that Nagios, Icinga and others expect of a plugin. */
export const STATES = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;
export type State = keyof typeof STATES;

export interface Freshness {
  readonly state: State;
  /** One clause. */
  readonly reason: string;
  /** Seconds since the last complete run ended; `undefined` if none is on record. */
  readonly age: number | undefined;
}

/**
 * @param maxAge seconds since the last complete run; by default any age is fresh enough
 * @param now ms since the epoch
 */
export function judgeFreshness(
  { lastRun, hasBucket = true }: Pick<BackupStatus, 'lastRun'> & Partial<Pick<BackupStatus, 'hasBucket'>>,
  maxAge: number | undefined,
  now: number,
): Freshness {
  if (lastRun === undefined) {
    const reason = hasBucket ? 'no run has ended yet' : 'the bucket does not exist';
    return { state: 'CRITICAL', reason, age: undefined };
  }
  const complete = lastRun.isIncomplete === false ? lastRun.ended : lastRun.lastComplete;
  const age = complete === undefined ? undefined : (now - Date.parse(complete)) / 1000;
  if (maxAge !== undefined && (age === undefined || age > maxAge)) {
    const reason =
      age === undefined
        ? 'no complete run is on record'
        : `the last complete run is ${formatDuration(age)} old`;
    return { state: 'CRITICAL', reason, age };
  }
  if (lastRun.isIncomplete !== false)
    return { state: 'WARNING', reason: `the last run left ${undone(lastRun.notBackedUp)}`, age };
  return { state: 'OK', reason: `the last complete run is ${formatDuration(age ?? 0)} old`, age };
}

function undone(notBackedUp: number): string {
  if (notBackedUp === 0) return 'something undone';
  return `${notBackedUp} ${notBackedUp === 1 ? 'file' : 'files'} out of the backup`;
}
