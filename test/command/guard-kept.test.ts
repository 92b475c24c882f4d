// Objects that a run keeps anyway do not let more deletions pass the guard.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX, RECORD } from './bucket-world.js';
import { backUpNumbered, numbered } from './numbered-files.js';

/** Backs up 90 files, 60 of them behind a followed link to a folder outside LOCAL_DIR. */
async function backUpWithLink(world: BucketWorld): Promise<void> {
  world.config({ FOLLOW_SYMLINKS: 'yes' });
  const disk = join(world.folder, 'disk');
  mkdirSync(disk);
  for (let number = 0; number < 60; number += 1) writeFileSync(join(disk, `${number}`), 'x');
  symlinkSync(disk, join(world.source, 'link'));
  await backUpNumbered(world, 30);
  world.config();
}

/** Asserts that the guard refuses the run and the dry run, since 28 of 30 files are gone. */
async function assertRefused(world: BucketWorld, kept: number): Promise<void> {
  const before = world.bucket.versions();
  for (const flags of [[], ['--dry-run']]) {
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /ERROR: 28 of the 30 files in the backup are gone from LOCAL_DIR/);
    assert.equal(stderr.includes(`Not counted: ${kept} files`), kept > 0, stderr);
  }
  assert.deepEqual(world.bucket.versions(), before);
}

test('without a record, files behind a link that may have been followed are not counted', async (t) => {
  const world = new BucketWorld(t);
  await backUpWithLink(world);
  assert.equal((await world.sync()).code, 0);
  world.remove(...numbered(28));
  world.bucket.add(RECORD, undefined);
  await assertRefused(world, 60);
  assert.equal((await world.sync(['--allow-mass-delete'])).code, 0);
  assert.equal(world.stored().length, 62);
});

test('the objects of files behind a link that is not followed any more stay for one run', async (t) => {
  const world = new BucketWorld(t);
  await backUpWithLink(world);
  assert.equal((await world.sync()).code, 0);
  assert.equal(world.stored().length, 90);
  for (const flags of [['--dry-run'], []]) {
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /ERROR: 60 of the 90 files in the backup are gone/);
  }
  const { code, stderr } = await world.sync(['--allow-mass-delete']);
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /WARNING: Deleting the objects below ".*\/link": that is a link now, and FOLLOW_SYMLINKS='no'/,
  );
  assert.deepEqual(world.stored(), numbered(30));
  assert.doesNotMatch((await world.sync()).stderr, /link/);
});

test('the guard stops a run after a folder was moved out of LOCAL_DIR and replaced by a link', async (t) => {
  const world = new BucketWorld(t);
  for (const name of numbered(60)) world.write(`photos/${name}`, name);
  await backUpNumbered(world, 30);
  renameSync(join(world.source, 'photos'), join(world.folder, 'disk'));
  symlinkSync(join(world.folder, 'disk'), join(world.source, 'photos'));
  assert.equal((await world.sync()).code, 0);
  const { code, stderr } = await world.sync();
  assert.equal(code, 4, stderr);
  assert.match(stderr, /ERROR: 60 of the 90 files in the backup are gone/);
  assert.equal(world.stored().length, 90);
});

test('files behind a link that is not followed any more do not let more deletions pass', async (t) => {
  const world = new BucketWorld(t);
  await backUpWithLink(world);
  world.remove(...numbered(28));
  await assertRefused(world, 60);
});

for (const hasRecord of [true, false]) {
  test(`objects whose keys no file can have are not counted, ${hasRecord ? 'with' : 'without'} a record`, async (t) => {
    const world = new BucketWorld(t);
    await backUpNumbered(world, 30);
    for (const name of numbered(200)) world.put(`${PREFIX}a//${name}`, '');
    if (!hasRecord) world.bucket.add(RECORD, undefined);
    world.remove(...numbered(28));
    await assertRefused(world, hasRecord ? 0 : 200);
  });
}

test('a listing with more files than the last run knew does not let more deletions pass', async (t) => {
  const world = new BucketWorld(t);
  await backUpNumbered(world, 30);
  world.remove(...numbered(28));
  // As if a run had uploaded them and ended before its record.
  for (const name of numbered(60)) {
    world.write(`new/${name}`, name);
    world.put(`${PREFIX}new/${name}`, name, KEY);
  }
  await assertRefused(world, 0);
});

test('the guard does not count objects that a run has already deleted', async (t) => {
  const world = new BucketWorld(t);
  await backUpNumbered(world, 30);
  world.remove(...numbered(28));
  const [left, deleted] = [numbered(28).slice(0, 21), numbered(28).slice(21)];
  for (const name of deleted) world.bucket.add(PREFIX + name, undefined);
  for (const flags of [['--dry-run'], []]) {
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 4);
    assert.match(stderr, /ERROR: 21 of the 23 files in the backup are gone .*\n.*"0\/0", "0\/1", "0\/2", /);
    for (const name of deleted) assert.ok(!stderr.includes(`"${name}"`), name);
  }
  world.bucket.add(PREFIX + left[0], undefined);
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['2/8', '2/9']);
});

test('the guard counts the files of a folder that became empty, whatever is kept beside it', async (t) => {
  const world = new BucketWorld(t);
  for (const name of ['a', 'b']) world.write(name, name);
  assert.equal((await world.sync()).code, 0);
  world.put(`${PREFIX}a//kept`, '');
  for (const name of ['a', 'b']) rmSync(join(world.source, name));
  const { code, stderr } = await world.sync();
  assert.equal(code, 4);
  assert.match(stderr, /has no files that can be read, but the backup has 2/);
});
