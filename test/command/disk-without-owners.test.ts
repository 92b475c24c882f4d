// A destination that has no owners and modes, and ignores case, like FAT and exFAT.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFuse } from '../fakes/fuse.js';
import { MANY, RestoreWorld } from './restore-world.js';

const REASONS = {
  'no-owners': 'does not have that',
  'ignores-owners': 'does not keep that',
} as const;

for (const [count, option] of [
  [0, 'no-owners'],
  [MANY, 'no-owners'],
  [0, 'ignores-owners'],
] as const) {
  test(`on a disk with ${option}, a restore of ${count + 2} files reports the owners in one sentence and names the files that are missing`, async (t) => {
    const world = new RestoreWorld(t);
    for (const name of ['A.txt', 'a.txt']) world.write(name, name);
    for (let number = 0; number < count; number += 1) world.write(`${number}`, `${number}`);
    chmodSync(join(world.source, 'A.txt'), 0o750);
    await world.backUp();
    const behind = join(world.folder, 'behind');
    mkdirSync(behind);
    await withFuse(t, behind, world.to, [option], async () => {
      const { code, stderr } = await world.restore([], { as: [] });
      assert.equal(code, 3, stderr);
      const named = stderr.split('\n').filter((line) => line.startsWith('ERROR: '));
      const first = count === 0 ? 'A.txt' : '0';
      const others =
        count === 0
          ? 'is restored, but not its owner and mode as they were'
          : `and ${count} others are restored, but not their owners and modes as they were`;
      assert.deepEqual(named, [
        'ERROR: "a.txt" is not restored: "A.txt" has its place: this file system takes both names for one.',
        `ERROR: "${first}" ${others}: the file system ${REASONS[option]}.${count === 0 ? '' : ' Syslog names them.'}`,
      ]);
      assert.equal(readdirSync(world.to).length, count + 1);
    });
  });
}
