import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../../../lib/cli/command-line.js';

test('a duration is a number with a unit, and without one it means seconds', () => {
  const cases = { '90': 90, '90s': 90, '30m': 1800, '26h': 93_600, '2d': 172_800, '1w': 604_800 };
  for (const [text, seconds] of Object.entries(cases)) assert.equal(parseDuration(text), seconds, text);
});

test('a duration that is none is refused with examples', () => {
  for (const text of ['', 'h', '1.5h', '-1h', '1 fortnight'])
    assert.throws(() => parseDuration(text), /26h/, text);
});
