import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FullCheckFacts, reasonForFull } from '../../../../lib/backup/check/why-full.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-05-01T12:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW - hours * HOUR).toISOString();

/** Of a quick run. */
const quick: FullCheckFacts = {
  lastRun: { lastFullCheck: hoursAgo(19), isIncomplete: false },
  hasTree: true,
  hasEnded: true,
  fullCheckHours: 20,
  isAsked: false,
  isAdopted: false,
  hasLocalList: false,
  now: NOW,
};

test('what makes a run a full one, and what does not', () => {
  const complete = { isIncomplete: false };
  const cases: readonly [string | undefined, Partial<FullCheckFacts>][] = [
    [undefined, {}],
    ['it was asked for', { isAsked: true }],
    ['the last run was of another source', { isAdopted: true }],
    ['there is no record of a last run', { lastRun: undefined }],
    ['there is no tree of the last run', { hasTree: false }],
    ['there is no state folder that would tell whether the last run ended', { hasEnded: undefined }],
    ['the last run did not end', { hasEnded: false }],
    ['the last run left something undone', { lastRun: { lastFullCheck: hoursAgo(1), isIncomplete: true } }],
    // A record of an older version does not tell.
    ['the last run left something undone', { lastRun: { lastFullCheck: hoursAgo(1) } }],
    ['LOCAL_LIST is set', { hasLocalList: true }],
    ['the time of the last full check is unknown', { lastRun: complete }],
    ['the time of the last full check is unknown', { lastRun: { ...complete, lastFullCheck: 'yesterday' } }],
    // The clock was ahead when it was noted.
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
  for (const [why, facts] of cases)
    assert.equal(reasonForFull({ ...quick, ...facts }), why, JSON.stringify(facts));
});
