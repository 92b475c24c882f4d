// Whether a run is a full one.
import type { UnfinishedRun } from '../../records/journal.js';
import type { LastRun } from '../../records/last-run.js';
import type { Backup } from '../backup.js';

const HOUR = 60 * 60 * 1000;

/** What the last run left. */
export interface LastRunFound {
  /** `undefined`: the backup is new, or was made by the original scripts. */
  readonly lastRun: LastRun | undefined;
  /** Which tree the scan was merged with. */
  readonly tree: 'none' | 'of the last run' | 'of an earlier run';
  /** Whether the last run was of another source, whose backup this one takes over. */
  readonly isAdopted: boolean;
  /** The previous run, if it did not end. */
  readonly unfinished: UnfinishedRun | undefined;
}

type FullRunFacts = Pick<Backup, 'flags' | 'state' | 'header' | 'localList' | 'fullCheckHours'>;

/** Why a run is a full one, in words for syslog; `undefined` for a quick one. */
export function reasonForFull(
  { flags, state, header, localList, fullCheckHours }: FullRunFacts,
  { isAdopted, lastRun, tree, unfinished }: LastRunFound,
): string | undefined {
  if (isAdopted) return 'the last run was of another source';
  if (flags.isFull) return '--full was given';
  if (lastRun === undefined) return 'there is no record of a last run';
  if (tree !== 'of the last run') return 'there is no tree of the last run';
  if (state.journal === undefined) return 'there is no state folder to show whether the last run ended';
  if (unfinished !== undefined) return 'the last run did not end';
  if (lastRun.isIncomplete !== false) return 'the last run left something undone';
  if (localList !== undefined) return 'LOCAL_LIST is set';
  const age = Date.parse(header.started) - Date.parse(lastRun.lastFullCheck ?? '');
  // NaN without a time; negative if a clock was ahead.
  if (!(age >= 0)) return 'the time of the last full check is unknown';
  return age >= fullCheckHours * HOUR
    ? `the last full check was ${Math.floor(age / HOUR)} hours ago`
    : undefined;
}
