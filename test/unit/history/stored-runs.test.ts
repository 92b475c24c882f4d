import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastTimesOfTrees, timesOfRuns } from '../../../lib/history/stored-runs.js';

const storedAt = (...seconds: number[]) =>
  seconds.map((second) => ({ versionId: `${second}`, stored: second * 1000 }));

test('a run counts once its record and its tree are in the bucket, and one that changes nothing has no tree', () => {
  const runs = [
    { started: 5000, stored: 10_000 },
    { started: 15_000, stored: 20_000 },
    { started: 25_000, stored: 30_000 },
    { started: 35_000, stored: 40_000 },
  ];
  assert.deepEqual(timesOfRuns(runs, storedAt(9, 21, 42)), [10_000, 21_000, 30_000, 42_000]);
});

test('a run of less than a second has its own tree, not that of the next one', () => {
  const runs = [
    { started: 5300, stored: 5000 },
    { started: 6400, stored: 6000 },
  ];
  assert.deepEqual(timesOfRuns(runs, storedAt(5, 6)), [5000, 6000]);
});

test("a tree was last seen by the last run before the next tree was stored, whichever of a run's two objects is older", () => {
  const lastTimes = (records: readonly number[], trees: readonly number[]) =>
    lastTimesOfTrees({ records: storedAt(...records), trees: storedAt(...trees) });
  assert.deepEqual(lastTimes([10, 20, 30, 40], [10]), [40_000]);
  assert.deepEqual(lastTimes([10, 20, 30, 40], [11, 31]), [20_000, 40_000]);
  assert.deepEqual(lastTimes([10, 20, 30, 40], [9, 29, 39]), [20_000, 30_000, 40_000]);
  assert.deepEqual(lastTimes([10], [12]), [12_000]);
  assert.deepEqual(lastTimes([], [12, 13]), [12_000, 13_000]);
});
