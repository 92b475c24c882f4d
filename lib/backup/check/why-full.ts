// Whether a run compares the bucket's listing with the disk.
import type { LastRun } from '../../records/last-run.js';

const HOUR = 60 * 60 * 1000;

export interface FullCheckFacts {
  /** --full */
  readonly isAsked: boolean;
  /** Whether the last run was of another source, whose backup this one takes over. */
  readonly isAdopted: boolean;
  /** `undefined`: there is no record. */
  readonly lastRun: Pick<LastRun, 'lastFullCheck' | 'isIncomplete'> | undefined;
  /** Whether the scan was merged with the tree of the last run. */
  readonly hasTree: boolean;
  /** Whether the last run ended; `undefined`: there is no state folder that would tell. */
  readonly hasEnded: boolean | undefined;
  readonly hasLocalList: boolean;
  /** FULL_CHECK_HOURS */
  readonly fullCheckHours: number;
  /** ms since the epoch */
  readonly now: number;
}

/** Why a run is a full one, in words for syslog; `undefined` for a quick one. */
export function reasonForFull(facts: FullCheckFacts): string | undefined {
  const { isAsked, isAdopted, lastRun, hasTree, hasEnded, hasLocalList, fullCheckHours, now } = facts;
  if (isAdopted) return 'the last run was of another source';
  if (isAsked) return 'it was asked for';
  if (lastRun === undefined) return 'there is no record of a last run';
  if (!hasTree) return 'there is no tree of the last run';
  if (hasEnded === undefined) return 'there is no state folder that would tell whether the last run ended';
  if (!hasEnded) return 'the last run did not end';
  if (lastRun.isIncomplete !== false) return 'the last run left something undone';
  if (hasLocalList) return 'LOCAL_LIST is set';
  const age = now - Date.parse(lastRun.lastFullCheck ?? '');
  // NaN without a time; negative if a clock was ahead when it was written.
  if (!(age >= 0)) return 'the time of the last full check is unknown';
  return age >= fullCheckHours * HOUR
    ? `the last full check was ${Math.floor(age / HOUR)} hours ago`
    : undefined;
}
