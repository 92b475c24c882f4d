// Judges whether a backup is fresh and complete, in the states of monitoring plugins.
import { formatDuration } from '../cli/units/quantities.js';
import type { LastRun } from '../records/last-run.js';
import type { BackupStatus } from './backup-status.js';

/** The exit codes that Nagios, Icinga and others expect of a plugin. */
export const STATES = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;
export type State = keyof typeof STATES;

/** Seconds since the last complete run, where nobody says how old it may be. */
export const USUAL_MAX_AGE = 2 * 86_400;

export interface Freshness {
  readonly state: State;
  /** One clause. */
  readonly reason: string;
  /** Seconds since the last complete run ended; `undefined` if none is on record. */
  readonly age: number | undefined;
}

/**
 * @param maxAge seconds since the last complete run
 * @param now ms since the epoch
 */
export function judgeFreshness(
  { lastRun, hasBucket = true }: Pick<BackupStatus, 'lastRun'> & Partial<Pick<BackupStatus, 'hasBucket'>>,
  maxAge: number,
  now: number,
): Freshness {
  if (lastRun === undefined) {
    const reason = hasBucket ? 'no run has ended yet' : 'the bucket does not exist';
    return { state: 'CRITICAL', reason, age: undefined };
  }
  const age = ageOf(lastRun, now);
  const complete =
    age === undefined
      ? 'no complete run is on record'
      : `the last complete run is ${formatDuration(age)} old`;
  const left =
    lastRun.isIncomplete === false ? undefined : `the last run left ${undone(lastRun.notBackedUp)}`;
  if (age === undefined || age > maxAge)
    return { state: 'CRITICAL', reason: left === undefined ? complete : `${complete}, ${left}`, age };
  return left === undefined
    ? { state: 'OK', reason: complete, age }
    : { state: 'WARNING', reason: left, age };
}

/** Seconds since the last complete run ended; `undefined` if none is on record. @param now ms since the epoch */
export function ageOf(lastRun: LastRun, now: number): number | undefined {
  const complete = lastCompleteOf(lastRun);
  return complete === undefined ? undefined : (now - Date.parse(complete)) / 1000;
}

/** When the last complete run ended: ISO 8601; `undefined` if none is on record. */
export function lastCompleteOf({
  isIncomplete,
  ended,
  lastComplete,
}: Pick<LastRun, 'isIncomplete' | 'ended' | 'lastComplete'>): string | undefined {
  return isIncomplete === false ? ended : lastComplete;
}

function undone(notBackedUp: number): string {
  if (notBackedUp === 0) return 'something undone';
  return `${notBackedUp} ${notBackedUp === 1 ? 'file' : 'files'} out of the backup`;
}
