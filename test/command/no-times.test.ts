// A destination whose files keep no times.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFuse } from '../fakes/fuse.js';
import { fill, MANY, RestoreWorld } from './restore-world.js';

test('files come in bulk to a disk that keeps no times, and none of them comes twice', async (t) => {
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
