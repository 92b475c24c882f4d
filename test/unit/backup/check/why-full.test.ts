import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backup } from '../../../../lib/backup/backup.js';
import { reasonForFull } from '../../../../lib/backup/check/why-full.js';
import type { Start } from '../../../../lib/backup/start.js';
import type { LastRun } from '../../../../lib/records/last-run.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-05-01T12:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW - hours * HOUR).toISOString();

interface Facts {
  readonly isAsked: boolean;
  readonly isAdopted: boolean;
  readonly lastRun: Partial<LastRun> | undefined;
  readonly tree: Start['tree'];
  readonly journal: string | undefined;
  readonly unfinished: Start['unfinished'];
  readonly localList: string | undefined;
  readonly fullCheckHours: number;
}

/** The facts of a quick run. */
const quick: Facts = {
  lastRun: { lastFullCheck: hoursAgo(19), isIncomplete: false },
  tree: 'of the last run',
  journal: '/state/unfinished',
  unfinished: undefined,
  fullCheckHours: 20,
  isAsked: false,
  isAdopted: false,
  localList: undefined,
};

function whyFull(facts: Partial<Facts>): string | undefined {
  const { isAsked, journal, fullCheckHours, localList, ...start } = { ...quick, ...facts };
  const backup = {
    fullCheckHours,
    localList,
    flags: { isFull: isAsked },
    state: { journal },
    header: { started: hoursAgo(0) },
  };
  return reasonForFull(backup as Backup, start as Start);
}

test('a run is full for one of these reasons, and for no other', () => {
  const complete = { isIncomplete: false };
  const cases: readonly [string | undefined, Partial<Facts>][] = [
    [undefined, {}],
    ['--full was given', { isAsked: true }],
    ['the last run was of another source', { isAdopted: true }],
    ['there is no record of a last run', { lastRun: undefined }],
    ['there is no tree of the last run', { tree: 'none' }],
    ['there is no tree of the last run', { tree: 'of an earlier run' }],
    ['there is no state folder to show whether the last run ended', { journal: undefined }],
    ['the last run did not end', { unfinished: { passes: () => [] } }],
    ['the last run left something undone', { lastRun: { lastFullCheck: hoursAgo(1), isIncomplete: true } }],
    // The record of an older version does not say whether the run was complete.
    ['the last run left something undone', { lastRun: { lastFullCheck: hoursAgo(1) } }],
    ['LOCAL_LIST is set', { localList: '/list' }],
    ['the time of the last full check is unknown', { lastRun: complete }],
    ['the time of the last full check is unknown', { lastRun: { ...complete, lastFullCheck: 'yesterday' } }],
    // The clock was ahead during the last full check.
    ['the time of the last full check is unknown', { lastRun: { ...complete, lastFullCheck: hoursAgo(-1) } }],
    [undefined, { lastRun: { ...complete, lastFullCheck: hoursAgo(0) } }],
    [undefined, { lastRun: { ...complete, lastFullCheck: hoursAgo(19.99) } }],
    ['the last full check was 20 hours ago', { lastRun: { ...complete, lastFullCheck: hoursAgo(20) } }],
    ['the last full check was 49 hours ago', { lastRun: { ...complete, lastFullCheck: hoursAgo(49.9) } }],
    ['the last full check was 19 hours ago', { fullCheckHours: 19 }],
    ['the last full check was 19 hours ago', { fullCheckHours: 0 }],
    [
      'the last full check was 0 hours ago',
      { fullCheckHours: 0, lastRun: { ...complete, lastFullCheck: hoursAgo(0) } },
    ],
  ];
  for (const [why, facts] of cases) assert.equal(whyFull(facts), why, JSON.stringify(facts));
});
