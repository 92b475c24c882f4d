import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatTransfer } from '../../../../lib/cli/units/quantities.js';

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

const MIB = 2 ** 20;

test('a transfer shows its amount, then its rate and the time left', () => {
  assert.equal(formatTransfer(0, 10 * MIB, 60), '0 bytes of 10.0 MiB');
  assert.equal(formatTransfer(5 * MIB, 10 * MIB, 1), '5.0 MiB of 10.0 MiB');
  assert.equal(formatTransfer(5 * MIB, 10 * MIB, 5), '5.0 MiB of 10.0 MiB, 1.0 MiB/s, 5 s left');
});

test('a transfer that has hardly begun shows no time left', () => {
  assert.equal(formatTransfer(10, 10 * MIB, 2), '10 bytes of 10.0 MiB, 5 bytes/s');
});
