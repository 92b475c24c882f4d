import assert from 'node:assert/strict';
import type { BigIntStats } from 'node:fs';
import { test } from 'node:test';
import { CtimeEvidence } from '../../../../lib/tree/disk/ctime-evidence.js';

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
