import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timesOfRuns } from '../../../lib/history/stored-runs.js';

test('a run is in the bucket once both its record and its tree are; a run that changes nothing has no tree', () => {
  const trees = [9, 21, 42].map((stored) => ({ versionId: `${stored}`, stored }));
  const runs = [
    { started: 5, stored: 10 },
    { started: 15, stored: 20 },
    { started: 25, stored: 30 },
    { started: 35, stored: 40 },
  ];
  assert.deepEqual(timesOfRuns(runs, trees), [10, 21, 30, 42]);
});
