import assert from 'node:assert/strict';
import { statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BackupError } from '../../../../lib/cli/errors.js';
import { formatBytes } from '../../../../lib/cli/units/quantities.js';
import { HeldFolder } from '../../../../lib/restore/destination/held-folder.js';
import { assertDiskSpace, existingFolder } from '../../../../lib/restore/destination/open-destination.js';
import { temporaryFolder } from '../pieces.js';

test('numbers of bytes are written for people', () => {
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

test('the nearest existing folder above a path is found', (t) => {
  const folder = temporaryFolder(t);
  assert.equal(existingFolder(folder), folder);
  assert.equal(existingFolder(join(folder, 'a/b/c')), folder);
  assert.equal(existingFolder('/no-such-folder'), '/');
  writeFileSync(join(folder, 'file'), '');
  assert.equal(existingFolder(join(folder, 'file/x')), join(folder, 'file'));
});

test('a restore that needs more than is free is refused, with both numbers', (t) => {
  const folder = temporaryFolder(t);
  const to = join(folder, 'still/to/make');
  const existing = new HeldFolder(folder);
  assertDiskSpace({ path: to, existing }, 4096);
  const { bavail, bsize } = statfsSync('/tmp');
  const room = bavail * bsize + 1024 ** 5;
  assert.throws(
    () => assertDiskSpace({ path: to, existing }, room),
    (error: unknown) => {
      assert.ok(error instanceof BackupError);
      assert.match(error.message, /^".*\/still\/to\/make" has too little space for the restore: it needs /);
      assert.match(error.message, /needs \d+\.\d TiB, and \d+(\.\d)? \w+ are free\.$/);
      assert.match(error.hint ?? '', /Nothing was written/);
      return true;
    },
  );
});

test('a file system that does not tell its size does not count as full', () => {
  assert.equal(statfsSync('/proc').blocks, 0);
  assertDiskSpace({ path: '/proc/x', existing: new HeldFolder('/proc') }, 4096);
});
