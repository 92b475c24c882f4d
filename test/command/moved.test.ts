import assert from 'node:assert/strict';
import { renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BucketWorld, PREFIX } from './bucket-world.js';

/** As if the uploads of a run were long after the last change of the files. */
const LATER = { FAKE_CLOCK_OFFSET: '3600000' };

const stored = (world: BucketWorld, path: string) => world.current(PREFIX + path).body.toString();

/** Writes both, until the file system's clock has ticked in between. */
function writeBoth(
  world: BucketWorld,
  first: readonly [string, string],
  second: readonly [string, string],
): void {
  const changed = (path: string) => statSync(join(world.source, path), { bigint: true }).ctimeNs;
  world.write(...first);
  do world.write(...second);
  while (changed(first[0]) === changed(second[0]));
}

// No file's ctime moves with its folder's name.
test('folders that swap their names: their files are stored anew, though neither size nor time tells', async (t) => {
  const world = new BucketWorld(t);
  writeBoth(world, ['a/f', 'of a'], ['b/f', 'of b']);
  assert.equal((await world.sync([], LATER)).code, 0);
  const [a, b, aside] = ['a', 'b', 'aside'].map((name) => join(world.source, name)) as [
    string,
    string,
    string,
  ];
  renameSync(a, aside);
  renameSync(b, a);
  renameSync(aside, b);
  const { code, stderr } = await world.sync([], LATER);
  assert.equal(code, 0, stderr);
  assert.deepEqual([stored(world, 'a/f'), stored(world, 'b/f')], ['of b', 'of a']);
  const count = world.journal.versions().length;
  assert.equal((await world.sync([], LATER)).code, 0);
  assert.deepEqual(world.changesSince(count), []);
});

test('the same for a link to a folder that leads to another one now', async (t) => {
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
  assert.equal(stored(world, 'current/f'), 'two');
});
