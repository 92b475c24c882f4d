import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration } from '../../../../lib/cli/units/duration.js';

test('a duration is a number with a unit, and without one it means seconds', () => {
  const cases = { '90': 90, '90s': 90, '30m': 1800, '26h': 93_600, '2d': 172_800, '1w': 604_800 };
  for (const [text, seconds] of Object.entries(cases)) assert.equal(parseDuration(text), seconds, text);
});

test('a duration that is none is refused with examples', () => {
  for (const text of ['', 'h', '1.5h', '-1h', '1 fortnight'])
    assert.throws(() => parseDuration(text), /26h/, text);
});

test('a length of time is shown in its two largest units', () => {
  const cases: [number, string][] = [
    [0, '0 s'],
    [59.6, '1 min'],
    [84, '1 min 24 s'],
    [3600, '1 h'],
    [18_720, '5 h 12 min'],
    [86_400, '1 day'],
    [273_600, '3 days 4 h'],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});
