import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrapped } from '../../../../lib/cli/units/wrapped.js';

test('text is wrapped to the width of the terminal, but no wider than can be read', () => {
  const text = 'one two three four five six '.repeat(10).trim();
  for (const [columns, most] of [
    [20, 19],
    [60, 59],
    [300, 99],
    [undefined, 79],
  ] as const) {
    const lines = wrapped(text, columns).split('\n');
    assert.ok(Math.max(...lines.map((line) => line.length)) <= most);
    assert.equal(lines.join(' '), text);
  }
  assert.equal(wrapped('a-word-that-is-too-long b', 10), 'a-word-that-is-too-long\nb');
});
