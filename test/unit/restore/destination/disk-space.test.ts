import assert from 'node:assert/strict';
import { statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BackupError } from '../../../../lib/cli/errors.js';
import { assertDiskSpace, existingFolder } from '../../../../lib/restore/destination/disk-space.js';
import { temporaryFolder } from '../pieces.js';

test('the nearest folder that exists', (t) => {
  const folder = temporaryFolder(t);
  assert.equal(existingFolder(folder), folder);
  assert.equal(existingFolder(join(folder, 'a/b/c')), folder);
  assert.equal(existingFolder('/no-such-folder'), '/');
  writeFileSync(join(folder, 'file'), '');
  assert.equal(existingFolder(join(folder, 'file/x')), join(folder, 'file'));
});

test('more than is free is refused, with both numbers', (t) => {
  const folder = temporaryFolder(t);
  const to = join(folder, 'still/to/make');
  assertDiskSpace(to, folder, 4096);
  const { bavail, bsize } = statfsSync('/tmp');
  const room = bavail * bsize + 1024 ** 5;
  assert.throws(
    () => assertDiskSpace(to, folder, room),
    (error: unknown) => {
      assert.ok(error instanceof BackupError);
      assert.match(error.message, /^".*\/still\/to\/make" has no room for the restore: it needs /);
      assert.match(error.message, /needs \d+\.\d TiB, and \d+(\.\d)? \w+ are free\.$/);
      assert.match(error.hint ?? '', /Nothing was written/);
      return true;
    },
  );
});
