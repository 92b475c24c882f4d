import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCount } from '../../../lib/cli/numbers.js';

test('a number of bytes for people', () => {
  for (const [bytes, words] of [
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [20 * 1024 ** 2, '20.0 MiB'],
    [3 * 1024 ** 3, '3.0 GiB'],
    [2.5 * 1024 ** 4, '2.5 TiB'],
    [5000 * 1024 ** 4, '5000.0 TiB'],
  ] as const) {
    assert.equal(formatBytes(bytes), words);
  }
});

test('a number of things for people', () => {
  for (const [count, words] of [
    [0, '0 files'],
    [1, '1 file'],
    [1204, '1,204 files'],
  ] as const)
    assert.equal(formatCount(count, 'file'), words);
});
