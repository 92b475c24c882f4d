import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomSample, randomBelow } from '../../../../lib/tree/streams/random-sample.js';
import { everyOutcome } from '../../backup/verify/every-outcome.js';

/** The number of lists of `length` different items. */
function listsOf(length: number, items: number): number {
  return length === 0 ? 1 : items * listsOf(length - 1, items - 1);
}

test('every list of items is as likely as any other', () => {
  for (const size of [1, 2, 3, 4]) {
    for (const count of [1, 2, 3, 4, 5, 6]) {
      const outcomes = everyOutcome((below) => {
        const sample = new RandomSample<number>(size, below);
        for (let item = 0; item < count; item += 1) sample.add(item);
        assert.equal(new Set(sample.items).size, Math.min(size, count));
        return sample.items.join(' ');
      });
      const lists = listsOf(Math.min(size, count), count);
      assert.equal(outcomes.size, lists, `${size} of ${count}`);
      for (const [list, probability] of outcomes)
        assert.ok(Math.abs(probability * lists - 1) < 1e-9, `${size} of ${count}: ${list}`);
    }
  }
});

test('each file is the first in about as many of many draws, whether there are few files or many', () => {
  // The probability of more than 8 standard deviations is below 10^-10.
  for (const count of [8, 40]) {
    const draws = 1000 * count;
    const firsts = Array.from({ length: count }, () => 0);
    for (let draw = 0; draw < draws; draw += 1) {
      const sample = new RandomSample<number>();
      for (let item = 0; item < count; item += 1) sample.add(item);
      const [first = -1] = sample.items;
      firsts[first] = (firsts[first] ?? 0) + 1;
    }
    for (const [item, times] of firsts.entries())
      assert.ok(Math.abs(times - 1000) < 8 * Math.sqrt(1000), `${item} of ${count}: ${times} times of 1000`);
  }
});

test('a random number is whole and below its bound', () => {
  for (let draw = 0; draw < 1000; draw += 1) assert.ok([0, 1, 2].includes(randomBelow(3)));
  assert.equal(randomBelow(1), 0);
});
