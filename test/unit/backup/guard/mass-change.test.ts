import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMassChange, timeBefore } from '../../../../lib/backup/guard/mass-change.js';

test('a mass change is more than MAX_CHANGE_PERCENT of the files, and more than 100', () => {
  for (const [changed, known, percent, expected] of [
    [100, 100, 50, false],
    [101, 101, 50, true],
    [101, 202, 50, false],
    [102, 203, 50, true],
    [101, 1_000_000, 0, true],
    [5000, 5000, 100, false],
  ] as const)
    assert.equal(isMassChange(changed, known, percent), expected, `${changed} of ${known}, ${percent} %`);
});

test('the remedy asks for a time between the last run and this one, even if a clock is off', () => {
  const [second, minute] = [1000, 60_000];
  for (const [lastEnded, expected, what] of [
    [-24 * 60 * minute, -15 * minute, 'a daily run'],
    [-60 * minute, -6 * minute, 'an hourly one'],
    [-3 * second, -second, 'one right after the other'],
    [minute, -second, 'the clock was ahead at the last run'],
    [Number.NaN, -second, 'no record'],
  ] as const)
    assert.equal(timeBefore(0, lastEnded), expected, what);
});
