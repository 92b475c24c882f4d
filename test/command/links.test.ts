// Objects with keys below the path of a link: a restore cannot place them, and runs have to delete them.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

/** Backs up `link`, which leads to a folder of two files, with FOLLOW_SYMLINKS, and then sets that to no. @returns the link */
async function backUpFollowedLink(world: BucketWorld): Promise<string> {
  world.config({ FOLLOW_SYMLINKS: 'yes' });
  const disk = join(world.folder, 'disk');
  mkdirSync(disk);
  for (const name of ['one', 'two']) writeFileSync(join(disk, name), name);
  const link = join(world.source, 'link');
  symlinkSync(disk, link);
  for (const name of ['link-1', 'link.txt', 'link0', 'other/f']) world.write(name, name);
  assert.equal((await world.sync()).code, 0);
  world.config();
  return link;
}

const OTHERS = ['link-1', 'link.txt', 'link0', 'other/f'];
const ALL = ['link-1', 'link.txt', 'link/one', 'link/two', 'link0', 'other/f'];

test('after FOLLOW_SYMLINKS is set to no, the second run deletes the copies below the link', async (t) => {
  const world = new BucketWorld(t);
  await backUpFollowedLink(world);
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ALL);
  const dry = await world.sync(['--dry-run']);
  assert.equal(dry.stdout.split('\n').filter((line) => line.includes('delete: ')).length, 2);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /WARNING: Deleting the objects below ".*\/link": that is a link/);
  assert.deepEqual(world.stored(), OTHERS);
});

test('a link that is a folder again by the time of the deletion keeps its files', async (t) => {
  const world = new BucketWorld(t);
  const link = await backUpFollowedLink(world);
  assert.equal((await world.sync()).code, 0);
  world.onFirstCall('*get-bucket-versioning*', `rm '${link}'; cp -r '${world.folder}/disk' '${link}'`);
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ALL);
});

test('another link that takes the place of a folder keeps its files for one run', async (t) => {
  const world = new BucketWorld(t);
  for (const name of [...OTHERS, 'd/f']) world.write(name, name);
  assert.equal((await world.sync()).code, 0);
  renameSync(join(world.source, 'd'), join(world.folder, 'elsewhere'));
  symlinkSync(join(world.folder, 'elsewhere'), join(world.source, 'd'));
  assert.equal((await world.sync()).code, 0);
  assert.ok(world.stored().includes('d/f'));
  // The objects also stay for one run if the link is replaced by another one.
  rmSync(join(world.source, 'd'));
  mkdirSync(join(world.source, 'd'));
  world.write('d/f', 'd/f');
  assert.equal((await world.sync()).code, 0);
  assert.ok(world.stored().includes('d/f'));
});
