import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import { mountPoints, mountsByFolder } from '../../../../lib/tree/disk/mount-points.js';

test('mount points are read with their blanks, newlines and backslashes', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mounts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const lines = [
    '22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw',
    String.raw`40 22 0:35 / /mnt/my\040disk rw - nfs server:/x rw`,
    String.raw`41 22 0:36 / /mnt/a\134b\012c rw - fuse x rw`,
  ];
  const file = join(folder, 'mountinfo');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const found = mountPoints(file);
  for (const path of ['/', '/mnt/my disk', '/mnt/a\\b\nc']) assert.ok(found.has(path as never), path);
  assert.equal(mountPoints(join(folder, 'none')).has('/' as never), false);
  assert.ok(mountPoints().has('/proc' as never));
});

test('mount points are found by the folders that they are in', () => {
  const points = ['/', '/mnt', '/mnt/a b', '/mnt/c', '/mnt/c/d'].map(bytesOf);
  assert.deepEqual(
    [...mountsByFolder(new Set(points))],
    [
      ['', new Set(['', 'mnt'])],
      ['/mnt', new Set(['a b', 'c'])],
      ['/mnt/c', new Set(['d'])],
    ],
  );
});
