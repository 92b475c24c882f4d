// A destination that ignores the times that files are given.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFuse } from '../fakes/fuse.js';
import { fill, MANY, RestoreWorld } from './restore-world.js';

test('a bulk download to a disk without times downloads no file twice', async (t) => {
  const world = new RestoreWorld(t);
  fill(world, MANY);
  await world.backUp();
  const behind = join(world.folder, 'behind');
  mkdirSync(behind);
  await withFuse(t, behind, world.to, ['no-times'], async () => {
    const { stderr } = await world.restore([], { as: [] });
    assert.deepEqual(world.fetched(), ['*'], stderr);
    assert.match(stderr, /Restored \d+ files/);
    for (const path of ['top', 'd/deep/file', 'many/1'])
      assert.equal(
        readFileSync(join(world.to, path), 'utf8'),
        readFileSync(join(world.source, path), 'utf8'),
      );
  });
});
