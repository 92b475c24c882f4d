import assert from 'node:assert/strict';
import { renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { swapNames } from '../fakes/swap-names.js';
import { BucketWorld, PREFIX, RECORD, TREE } from './bucket-world.js';

/** Makes the objects of a run an hour newer, so that they are proven by their time. */
const LATER = { FAKE_CLOCK_OFFSET: '3600000' };

const contentOf = (world: BucketWorld, path: string) => world.current(PREFIX + path).body.toString();

/** Writes both files in one tick of the file system's clock, so that they have the same ctime. */
function writeBoth(
  world: BucketWorld,
  first: readonly [string, string],
  second: readonly [string, string],
): void {
  const changed = ([path]: readonly [string, string]) =>
    statSync(join(world.source, path), { bigint: true }).ctimeNs;
  for (let tries = 0; tries < 1000; tries += 1) {
    world.write(...first);
    world.write(...second);
    if (changed(first) === changed(second)) return;
  }
  throw new Error('the clock of this file system ticks too fast');
}

// Renaming a folder does not change the ctimes of its files.
test('files of folders that swap their names are uploaded again, although neither sizes nor times differ', async (t) => {
  const world = new BucketWorld(t);
  writeBoth(world, ['a/f', 'of a'], ['b/f', 'of b']);
  assert.equal((await world.sync([], LATER)).code, 0);
  swap(world);
  const { code, stderr } = await world.sync([], LATER);
  assert.equal(code, 0, stderr);
  assert.deepEqual([contentOf(world, 'a/f'), contentOf(world, 'b/f')], ['of b', 'of a']);
});

test('a file that was moved is uploaded again once', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a/f', 'b/f', 'c']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  renameSync(join(world.source, 'a'), join(world.source, 'd'));
  renameSync(join(world.source, 'b'), join(world.source, 'a'));
  const before = world.bucket.versions().length;
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.changesSince(before).sort(), ['-b/f', 'a/f', 'd/f']);
  const count = world.bucket.versions().length;
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.changesSince(count), []);
});

test('files behind a link that now leads to another folder are uploaded again', async (t) => {
  const world = new BucketWorld(t);
  world.config({ FOLLOW_SYMLINKS: 'yes' });
  writeBoth(world, ['1/f', 'one'], ['2/f', 'two']);
  const link = join(world.source, 'current');
  symlinkSync('1', link);
  assert.equal((await world.sync([], LATER)).code, 0);
  rmSync(link);
  symlinkSync('2', link);
  const { code, stderr } = await world.sync([], LATER);
  assert.equal(code, 0, stderr);
  assert.equal(contentOf(world, 'current/f'), 'two');
});

/** Swaps the names of the two folders. */
function swap(world: BucketWorld): void {
  swapNames(join(world.source, 'a'), join(world.source, 'b'));
}

test('a tree that is older than the record proves nothing about later objects', async (t) => {
  const world = new BucketWorld(t);
  for (let number = 0; number < 300; number += 1) world.write(`many/${number}`, '');
  world.write('a/f', 'of a');
  world.write('b/f', 'of b');
  assert.equal((await world.sync()).code, 0);
  const earlier = world.current(TREE);
  swap(world);
  assert.equal((await world.sync([], LATER)).code, 0);
  // As if that run had stored its record, and been killed before it stored its tree.
  world.bucket.add(TREE, earlier.body, earlier.keyHash);
  rmSync(world.treeCopy);
  const record = world.current(RECORD);
  const ended = new Date(Date.now() + 7_200_000).toISOString();
  const later = { ...(JSON.parse(record.body.toString()) as object), ended };
  world.bucket.add(RECORD, Buffer.from(JSON.stringify(later)), record.keyHash);
  swap(world);
  const { code, stderr } = await world.sync([], LATER);
  assert.equal(code, 0, stderr);
  assert.deepEqual([contentOf(world, 'a/f'), contentOf(world, 'b/f')], ['of a', 'of b']);
});

test('a run in which folders swap their names loses no file', async (t) => {
  const world = new BucketWorld(t);
  world.write('a/f', 'of a');
  world.write('b/f', 'of b');
  assert.equal((await world.sync()).code, 0);
  const [a, b, aside] = ['a', 'b', 'aside'].map((name) => join(world.source, name));
  // The swap follows the comparison with the listing and precedes the verification of a file.
  const once = `mkdir '${world.folder}/once' 2>/dev/null`;
  world.onCall(
    '*list-objects-v2*pc/docs*',
    `if ${once}; then ${world.aws}; sleep 1; mv '${a}' '${aside}'; mv '${b}' '${a}'; mv '${aside}' '${b}'; exit 0; fi`,
  );
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  world.onCall();
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual([contentOf(world, 'a/f'), contentOf(world, 'b/f')], ['of b', 'of a']);
});
