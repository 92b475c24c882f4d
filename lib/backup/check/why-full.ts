// Whether a run compares the bucket's listing with the disk.
import type { LastRun } from '../../records/last-run.js';
import type { StartingPoint } from '../ask-and-scan.js';
import type { Backup } from '../backup.js';

const HOUR = 60 * 60 * 1000;

export interface FullCheckFacts {
  /** `undefined`: there is no record. */
  readonly lastRun: Pick<LastRun, 'lastFullCheck' | 'isIncomplete'> | undefined;
  /** Whether there is a tree, and it is that of the last run. */
  readonly hasTree: boolean;
  /** Whether the last run has ended; `undefined`: there is no place that would tell. */
  readonly hasEnded: boolean | undefined;
  /** FULL_CHECK_HOURS */
  readonly fullCheckHours: number;
  /** --full */
  readonly isAsked: boolean;
  readonly hasLocalList: boolean;
  /** ms since the epoch */
  readonly now: number;
}

/** Why a run is a full one, in words for syslog; `undefined` for a quick one. */
export function reasonForFull(facts: FullCheckFacts): string | undefined {
  const { lastRun, hasTree, hasEnded, fullCheckHours, isAsked, hasLocalList, now } = facts;
  if (isAsked) return 'it was asked for';
  if (lastRun === undefined) return 'there is no record of a last run';
  if (!hasTree) return 'there is no tree of the last run';
  if (hasEnded === undefined) return 'there is no state folder that would tell whether the last run ended';
  if (!hasEnded) return 'the last run did not end';
  if (lastRun.isIncomplete !== false) return 'the last run left something undone';
  if (hasLocalList) return 'LOCAL_LIST is set';
  const age = now - Date.parse(lastRun.lastFullCheck ?? '');
  // A time to come was never true.
  if (!(age >= 0)) return 'it is not known when the last full check was';
  return age >= fullCheckHours * HOUR
    ? `the last full check was ${Math.floor(age / HOUR)} hours ago`
    : undefined;
}

/** The same for a run that has asked the bucket. */
export function reasonForFullRun(
  { config, flags, state, header }: Backup,
  start: StartingPoint,
): string | undefined {
  if (start.isAdopted) return 'the last run was of another source';
  return reasonForFull({
    lastRun: start.lastRun,
    hasTree: start.tree === 'of the last run',
    hasEnded: state.unfinished === undefined ? undefined : start.unfinished === undefined,
    fullCheckHours: config.fullCheckHours,
    isAsked: flags.isFull,
    hasLocalList: config.localList !== undefined,
    now: Date.parse(header.started),
  });
}
