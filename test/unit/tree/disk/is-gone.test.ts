import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import { isGone } from '../../../../lib/tree/disk/is-gone.js';

test('a file is gone only if the disk says so', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'gone-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'dir'));
  writeFileSync(join(root, 'file'), '');
  execFileSync('mkfifo', [join(root, 'fifo')]);
  symlinkSync('dir', join(root, 'to-dir'));
  symlinkSync('/nowhere', join(root, 'dangling'));
  const cases: readonly [string, boolean, boolean?][] = [
    ['nothing', true],
    ['dir/nothing', true],
    ['nothing/below', true],
    ['file/below', true],
    ['dir', true],
    ['file', false],
    ['fifo', false],
    ['fifo/below', false],
    ['dangling', false],
    ['dangling/below', false],
    ['to-dir/nothing', false, true],
    ['dir/', false],
    ['nothing/', true],
    ['file/', true],
    ['to-dir/', false],
    ['../x', false],
    ['dir/../nothing', false],
    ['./nothing', false],
    ['dir//nothing', false],
    ['/nothing', false],
    ['', false],
    ['nul\0', false],
    ['x'.repeat(300), false],
  ];
  for (const [key, expected, followed = expected] of cases) {
    assert.equal(isGone(bytesOf(root), bytesOf(key), false), expected, key);
    assert.equal(isGone(bytesOf(root), bytesOf(key), true), followed, `${key}, links followed`);
  }
  assert.equal(
    isGone(bytesOf(join(root, 'unmounted')), bytesOf('a'), false),
    false,
    'the root itself is missing',
  );
});
