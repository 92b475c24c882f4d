import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../../../lib/cli/log/log.js';

test('control characters are spelled out, and everything else stays', () => {
  assert.equal(printable('a\nERROR: b'), 'a\\nERROR: b');
  assert.equal(printable('\x1b[2Jgone\r\x07'), '\\x1b[2Jgone\\x0d\\x07');
  assert.equal(printable('naïve “file” 日本'), 'naïve “file” 日本');
});
