// A destination that ignores case and Unicode normalization.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FuseOption, withFuse } from '../fakes/fuse.js';
import { MANY, RestoreWorld } from './restore-world.js';

/** Calls `work` while such a file system is mounted at `at`; skips the test where there is no FUSE. */
async function withCaselessFs(
  t: TestContext,
  at: string,
  work: () => Promise<void>,
  habits: readonly FuseOption[] = [],
): Promise<void> {
  const folder = `${at}-behind`;
  mkdirSync(folder);
  await withFuse(t, folder, at, habits, work);
}

for (const count of [0, MANY]) {
  test(`of names that the destination takes for the same, the first is restored ${count === 0 ? 'file by file' : 'in bulk'}, and the others are named`, async (t) => {
    const world = new RestoreWorld(t);
    for (const name of ['A.txt', 'a.txt', 'b.txt', 'D/same', 'd/SAME', 'd/other', 'l'])
      world.write(name, name);
    for (const name of ['e\u0301', '\u00e9']) world.write(name, JSON.stringify(name));
    for (let number = 0; number < count; number += 1) world.write(`many/${number}`, `${number}`);
    symlinkSync('b.txt', join(world.source, 'L'));
    await world.backUp();
    await withCaselessFs(t, world.to, async () => {
      for (const flags of [[], ['--overwrite']]) {
        const { code, stderr } = await world.restore(flags);
        assert.equal(code, 3, stderr);
        const why = 'has its place: this file system takes both names for one.';
        const named = stderr.split('\n').filter((line) => line.startsWith('ERROR: '));
        assert.deepEqual(named.sort(), [
          `ERROR: "L" is not restored: "l" ${why}`,
          `ERROR: "a.txt" is not restored: "A.txt" ${why}`,
          `ERROR: "d/" is not restored: "D/" ${why}`,
          `ERROR: "d/SAME" is not restored: "D/same" ${why}`,
          `ERROR: "\u00e9" is not restored: "e\u0301" ${why}`,
        ]);
        const there = readdirSync(world.to).filter((name) => name !== 'many');
        assert.deepEqual(there.sort(), ['A.txt', 'D', 'b.txt', 'e\u0301', 'l']);
        for (const name of ['A.txt', 'b.txt', 'D/same', 'd/other', 'l'])
          assert.equal(readFileSync(join(world.to, name), 'utf8'), name);
        assert.equal(readFileSync(join(world.to, 'e\u0301'), 'utf8'), '"e\u0301"');
      }
    });
  });
}

test('files whose names look the same are all restored, repeatedly, if the destination tells them apart', async (t) => {
  const world = new RestoreWorld(t);
  const apart = ['SS', '\u00c9', '\u00df', '\u00e9'];
  for (const name of ['A', 'a', 'ss', ...apart]) world.write(name, name);
  await world.backUp();
  await withCaselessFs(
    t,
    world.to,
    async () => {
      for (const flags of [[], ['--overwrite']]) {
        const { code, stderr } = await world.restore(flags);
        assert.equal(code, 3, stderr);
        const named = stderr.split('\n').filter((line) => line.startsWith('ERROR: '));
        const why = 'has its place: this file system takes both names for one.';
        assert.deepEqual(named, [
          `ERROR: "a" is not restored: "A" ${why}`,
          `ERROR: "ss" is not restored: "SS" ${why}`,
        ]);
        for (const name of ['A', ...apart]) assert.equal(readFileSync(join(world.to, name), 'utf8'), name);
      }
    },
    ['ascii-case'],
  );
});
