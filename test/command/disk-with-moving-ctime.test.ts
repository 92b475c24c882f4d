// A file system that reports another ctime at each stat.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { withFuse } from '../fakes/fuse.js';
import { BucketWorld, TREE } from './bucket-world.js';

test('a ctime that proves nothing is told on stderr once, by the run that finds it out', async (t) => {
  const world = new BucketWorld(t);
  const at = join(world.folder, 'mount');
  for (const path of ['a', 'b']) world.write(path, path);
  mkdirSync(at);
  for (const path of ['a', 'b']) writeFileSync(join(at, path), path);
  world.config({ LOCAL_DIR: at });
  const before = await world.sync();
  assert.equal(before.code, 0, before.stderr);
  assert.doesNotMatch(before.stderr, /ctime/);
  rmSync(at, { recursive: true });
  await withFuse(t, world.source, at, ['ctime-moves'], async () => {
    for (const [flags, isTold] of [
      [['--dry-run'], true],
      [[], true],
      [[], false],
      [['--full'], false],
    ] as const) {
      const { code, stderr } = await world.sync(flags);
      assert.equal(code, 0, stderr);
      assert.equal(stderr.includes('WARNING: The ctime of files in '), isTold, stderr);
      assert.ok(world.syslog().some((line) => line.includes('The ctime of files in ')));
    }
  });
});

test('files whose ctime changes at each stat are sent once, are in the tree, and are verified', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'b', 'd/c']) world.write(path, path);
  const at = join(world.folder, 'mount');
  await withFuse(t, world.source, at, ['ctime-moves'], async () => {
    world.config({ LOCAL_DIR: at });
    const first = await world.sync();
    assert.equal(first.code, 0, first.stderr);
    assert.match(
      first.stderr,
      /WARNING: The ctime of files in ".*" proves nothing \(file system of type 0x65735546\)/,
    );
    const tree = gunzipSync(world.current(TREE).body).toString();
    for (const path of ['a', 'b', 'd/c']) assert.ok(tree.includes(`{"path":"${path}","type":"file"`), tree);
    let count = world.bucket.versions().length;
    const second = await world.sync();
    assert.equal(second.code, 0, second.stderr);
    assert.doesNotMatch(second.stderr, /ctime/);
    assert.deepEqual(world.changesSince(count), []);
    assert.ok(world.syslog().some((line) => line.includes('Verified "')));
    // Files of the same size and mtime differ only in their content.
    world.config({ LOCAL_DIR: at, COMPARE_CONTENT: 'yes' });
    assert.equal((await world.sync()).code, 0);
    world.write('a', 'A');
    world.write('b', 'longer');
    count = world.bucket.versions().length;
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.changesSince(count).sort(), ['a', 'b']);
  });
});
