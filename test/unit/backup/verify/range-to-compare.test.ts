import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_SIZE, rangeToCompare, WHOLE_UP_TO } from '../../../../lib/backup/verify/range-to-compare.js';
import { everyOutcome } from './every-outcome.js';

test('files up to the limit are compared as a whole', () => {
  const never = () => assert.fail('nothing is left to chance');
  for (const size of [0, 1, WHOLE_UP_TO]) assert.equal(rangeToCompare(size, never), undefined);
});

test('the blocks of a larger file cover each byte once, and are equally likely', () => {
  for (const size of [
    WHOLE_UP_TO + 1,
    WHOLE_UP_TO + BLOCK_SIZE,
    WHOLE_UP_TO + BLOCK_SIZE + 1,
    10 * BLOCK_SIZE - 1,
  ]) {
    const outcomes = everyOutcome((below) => JSON.stringify(rangeToCompare(size, below)));
    let covered = 0;
    for (const [range, probability] of outcomes) {
      const { first, last } = JSON.parse(range) as { first: number; last: number };
      assert.equal(first, covered);
      assert.ok(last - first < BLOCK_SIZE);
      covered = last + 1;
      assert.ok(Math.abs(probability * outcomes.size - 1) < 1e-9);
    }
    assert.equal(covered, size);
  }
});

test('a file of 5 TiB is covered like any other', () => {
  const size = 5 * 2 ** 40;
  const last = rangeToCompare(size, (bound) => bound - 1);
  assert.deepEqual(last, { first: size - BLOCK_SIZE, last: size - 1 });
});
