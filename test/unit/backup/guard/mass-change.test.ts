import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMassChange } from '../../../../lib/backup/guard/mass-change.js';

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
