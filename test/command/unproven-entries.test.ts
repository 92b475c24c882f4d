// If the upload of a changed file fails, the tree keeps the line of its stored version.
import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { BucketWorld, PREFIX, TREE } from './bucket-world.js';

const DENIED = 'An error occurred (AccessDenied) when calling the PutObject operation: no';

/** The lines of files in the tree, by path. */
function tree(world: BucketWorld): Map<string, Record<string, unknown>> {
  const lines = gunzipSync(world.current(TREE).body).toString().split('\n').filter(Boolean);
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return new Map(entries.filter((it) => it['type'] === 'file').map((it) => [String(it['path']), it]));
}

for (const hours of ['0', '20']) {
  test(`an upload that fails leaves the older version its mode, and the next run sends the file, with FULL_CHECK_HOURS=${hours}`, async (t) => {
    const world = new BucketWorld(t);
    world.config({ FULL_CHECK_HOURS: hours });
    for (const path of ['f', 'g']) world.write(path, path);
    chmodSync(join(world.source, 'f'), 0o640);
    assert.equal((await world.sync()).code, 0);
    const before = tree(world).get('f');
    world.write('f', 'changed');
    world.write('new', 'new');
    for (const path of ['f', 'new']) world.faults.failPut(PREFIX + path, DENIED);
    for (const _ of ['once', 'twice']) {
      assert.equal((await world.sync()).code, 3);
      assert.deepEqual(tree(world).get('f'), { ...before, unproven: true });
      assert.deepEqual([...tree(world).keys()], ['f', 'g']);
    }
    const restored = await world.runUnprivileged('encrypted-s3-download-dir', [
      ...['--config', world.configFile, '.', `${world.folder}/back`],
    ]);
    assert.equal(restored.code, 0, restored.stderr);
    assert.equal(statSync(join(world.folder, 'back/f')).mode & 0o777, 0o640);
    for (const path of ['f', 'new']) world.faults.failPut(PREFIX + path, '', 0);
    assert.equal((await world.sync()).code, 0);
    assert.equal(world.current(`${PREFIX}f`).body.toString(), 'changed');
    assert.equal(tree(world).get('f')?.['unproven'], undefined);
  });
}

test('a file that cannot be read any more keeps its line, and holds no deletion back', async (t) => {
  const world = new BucketWorld(t);
  world.config({ FULL_CHECK_HOURS: '20' });
  for (const path of ['a', 'b', 'c', 'd']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  const before = tree(world).get('a');
  chmodSync(join(world.source, 'a'), 0);
  for (const gone of ['b', 'c']) {
    world.remove(gone);
    assert.equal((await world.sync()).code, 3);
    assert.ok(!world.stored().includes(gone));
    assert.deepEqual(tree(world).get('a'), { ...before, unproven: true });
  }
  chmodSync(join(world.source, 'a'), 0o644);
  assert.equal((await world.sync()).code, 0);
  assert.equal(tree(world).get('a')?.['unproven'], undefined);
});

test('a file that is not in the bucket has no line in the tree, even if the last tree had one', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['f', 'g']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  world.write('f', 'changed');
  world.bucket.add(`${PREFIX}f`, undefined);
  world.faults.failPut(`${PREFIX}f`, DENIED);
  assert.equal((await world.sync()).code, 3);
  assert.deepEqual([...tree(world).keys()], ['g']);
});
