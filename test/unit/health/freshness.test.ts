import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeFreshness, USUAL_MAX_AGE } from '../../../lib/health/freshness.js';
import type { LastRun } from '../../../lib/records/last-run.js';

const NOW = Date.parse('2026-03-28T12:00:00Z');
const DAY = 86_400;
const RUN: LastRun = {
  runId: '1',
  started: '2026-03-28T09:59:00.000Z',
  ended: '2026-03-28T10:00:00.000Z',
  host: 'pc',
  localDir: '/home/anna',
  totals: { files: 3, bytes: 30, directories: 1, links: 0 },
  notBackedUp: 0,
  sent: 1,
  deleted: 0,
  isIncomplete: false,
  treeSha256: '0',
};
const INCOMPLETE: LastRun = { ...RUN, isIncomplete: true, notBackedUp: 2 };

test('a backup without a record is critical', () => {
  const { state, reason } = judgeFreshness({ lastRun: undefined }, DAY, NOW);
  assert.deepEqual([state, reason], ['CRITICAL', 'no run has ended yet']);
  const without = judgeFreshness({ lastRun: undefined, hasBucket: false }, DAY, NOW);
  assert.deepEqual([without.state, without.reason], ['CRITICAL', 'the bucket does not exist']);
});

test('a complete run is OK while it is young enough', () => {
  assert.equal(judgeFreshness({ lastRun: RUN }, USUAL_MAX_AGE, NOW).state, 'OK');
  assert.equal(judgeFreshness({ lastRun: RUN }, 2 * 3600, NOW).state, 'OK');
  const stale = judgeFreshness({ lastRun: RUN }, 2 * 3600 - 1, NOW);
  assert.deepEqual([stale.state, stale.age], ['CRITICAL', 7200]);
});

test('an incomplete run is a warning as long as a complete one is young enough', () => {
  const lastRun = { ...INCOMPLETE, lastComplete: '2026-03-27T12:00:00.000Z' };
  const warned = judgeFreshness({ lastRun }, DAY, NOW);
  assert.deepEqual([warned.state, warned.reason], ['WARNING', 'the last run left 2 files out of the backup']);
  const stale = judgeFreshness({ lastRun }, DAY - 1, NOW);
  assert.deepEqual(
    [stale.state, stale.reason],
    ['CRITICAL', 'the last complete run is 1 day old, the last run left 2 files out of the backup'],
  );
});

test('without a complete run on record, no age is fresh enough', () => {
  const { state, reason } = judgeFreshness({ lastRun: INCOMPLETE }, DAY, NOW);
  assert.deepEqual(
    [state, reason],
    ['CRITICAL', 'no complete run is on record, the last run left 2 files out of the backup'],
  );
});
