// An unreadable file may be a renamed file that is gone from its old path.
import assert from 'node:assert/strict';
import { chmodSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileSystems } from '../../lib/tree/disk/file-systems.js';
import { BucketWorld } from './bucket-world.js';

for (const hours of ['0', '20']) {
  test(`a file that takes the place of another one and cannot be read keeps its object, with FULL_CHECK_HOURS=${hours}`, async (t) => {
    const world = new BucketWorld(t);
    world.config({ FULL_CHECK_HOURS: hours });
    for (const path of ['a', 'b', 'c']) world.write(path, path);
    assert.equal((await world.sync()).code, 0);
    const [a, b] = [join(world.source, 'a'), join(world.source, 'b')];
    chmodSync(b, 0);
    renameSync(b, a);
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    // On a file system without lasting inode numbers, nothing shows that `a` is another file.
    const hasLastingNumbers = new FileSystems(world.source).hasLastingNumbers(world.source);
    assert.equal(world.stored().includes('b'), hasLastingNumbers, stderr);
    chmodSync(a, 0o644);
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.stored(), ['a', 'c']);
  });
}

test('a file that has not changed and cannot be read any more holds no deletion back', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'b', 'c']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  chmodSync(join(world.source, 'a'), 0);
  world.remove('b');
  assert.equal((await world.sync()).code, 3);
  assert.deepEqual(world.stored(), ['a', 'c']);
});
