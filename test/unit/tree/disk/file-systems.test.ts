import assert from 'node:assert/strict';
import { type BigIntStats, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CtimeEvidence, FileSystems, inodeWorth } from '../../../../lib/tree/disk/file-systems.js';

const [EXT4, VFAT, EXFAT, FUSE, NFS] = [0xef53, 0x4d44, 0x2011bab0, 0x65735546, 0x6969];
const longAgo = () => Date.parse('2020-01-01');
const atEachLook = () => Date.now() + 1;

test('the worth of an inode depends on the file system, and on whether its ctime is later than the stat', () => {
  let looks = 0;
  const changedOnce = () => {
    looks += 1;
    return looks === 1 ? Date.now() + 1 : longAgo();
  };
  const cases: readonly [number, () => number, boolean, boolean][] = [
    // Type, ctime at each stat, lasting numbers, true ctime.
    [EXT4, atEachLook, true, true],
    [VFAT, longAgo, false, false],
    [EXFAT, longAgo, false, false],
    [FUSE, longAgo, false, false],
    [NFS, longAgo, false, true],
    [NFS, atEachLook, false, false],
    [NFS, changedOnce, false, true],
  ];
  for (const [type, look, hasLastingNumbers, hasTrueCtime] of cases)
    assert.deepEqual(inodeWorth(type, look), { hasLastingNumbers, hasTrueCtime }, type.toString(16));
});

test('each file system is examined once, and a vanished path does not count as one', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'inode-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const fileSystems = new FileSystems(folder);
  const stats = statSync(folder, { bigint: true });
  const inode = fileSystems.inodeOf(stats, folder);
  assert.equal(inode.ctime, `${stats.ctimeNs}`);
  assert.equal(inode.ino !== undefined, fileSystems.hasLastingNumbers(folder));
  assert.deepEqual(fileSystems.inodeOf(stats, '/nowhere'), inode);
  const elsewhere = Object.assign(Object.create(stats) as BigIntStats, { dev: stats.dev + 1n });
  for (const path of ['/nowhere', folder]) {
    const { ino, ctime } = fileSystems.inodeOf(elsewhere, path);
    assert.deepEqual([ino, ctime], [undefined, inode.ctime]);
  }
  assert.equal(fileSystems.typesWithoutCtime().size, 0);
});

test('ctimes prove nothing where they equal the mtimes throughout, although times were set', () => {
  const [whole, fine, later] = [
    1_700_000_000_000_000_000n,
    1_700_000_000_123_456_789n,
    1_800_000_000_000_000_001n,
  ];
  const cases: readonly [readonly (readonly [mtime: bigint, ctime: bigint])[], boolean][] = [
    [[], false],
    // No program has set an mtime: the files have their own times, or the file system has whole seconds.
    [[[fine, fine]], false],
    [[[whole, whole]], false],
    [
      [
        [fine, fine],
        [whole, whole],
      ],
      true,
    ],
    [
      [
        [fine, fine],
        [whole, later],
      ],
      false,
    ],
    // A single ctime that differs from the mtime is enough.
    [
      [
        [fine, fine],
        [whole, whole],
        [fine, later],
      ],
      false,
    ],
  ];
  for (const [files, isMtime] of cases) {
    const evidence = new CtimeEvidence();
    for (const [mtimeNs, ctimeNs] of files) evidence.add({ mtimeNs, ctimeNs } as BigIntStats);
    assert.equal(evidence.isMtime, isMtime, `${files}`);
  }
});
