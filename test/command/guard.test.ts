import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';
import { backUpNumbered, numbered } from './numbered-files.js';

/** Backs up 100 files in ten folders, removes the first `gone` of them, and runs again with `percent`. */
async function runWithGone(world: BucketWorld, gone: number, percent: string): Promise<Outcome> {
  await backUpNumbered(world, 100);
  world.remove(...numbered(gone));
  world.config({ MAX_DELETE_PERCENT: percent });
  return world.sync();
}

const ALLOWED: readonly [string, number][] = [
  ['25', 25],
  ['0', 20],
  ['99', 99],
];

for (const [percent, gone] of ALLOWED) {
  test(`the guard lets ${gone} of 100 files go with MAX_DELETE_PERCENT=${percent}`, async (t) => {
    const world = new BucketWorld(t);
    const { code, stderr } = await runWithGone(world, gone, percent);
    assert.equal(code, 0, stderr);
    assert.equal(world.stored().length, 100 - gone);
  });
}

const REFUSED: readonly [string, number, RegExp][] = [
  ['25', 26, /26 of the 100 files in the backup are gone .*, more than MAX_DELETE_PERCENT=25 allows/],
  ['0', 21, /21 of the 100 files in the backup are gone .*, more than MAX_DELETE_PERCENT=0 allows/],
  ['100', 100, /LOCAL_DIR ".*" has no files that can be read, but the backup has 100/],
];

for (const [percent, gone, why] of REFUSED) {
  test(`the guard refuses if ${gone} of 100 files are gone with MAX_DELETE_PERCENT=${percent}, unless it is allowed`, async (t) => {
    const world = new BucketWorld(t);
    const { code, stderr } = await runWithGone(world, gone, percent);
    assert.equal(code, 4);
    assert.match(stderr, why);
    assert.equal(world.stored().length, 100);
    assert.equal((await world.sync(['--allow-mass-delete'])).code, 0);
    assert.equal(world.stored().length, 100 - gone);
  });
}

test('the guard names ten of the files that are gone, and the folders that are empty now', async (t) => {
  const world = new BucketWorld(t);
  const { stderr } = await runWithGone(world, 35, '10');
  const said = stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/^encrypted-s3-sync\[\d+\]: /, ''));
  assert.deepEqual(said, [
    `ERROR: 35 of the 100 files in the backup are gone from LOCAL_DIR "${world.source}", more than MAX_DELETE_PERCENT=10 allows: they would be deleted.`,
    'ERROR: Gone: "0/0", "0/1", "0/2", "0/3", "0/4", "0/5", "0/6", "0/7", "0/8", "0/9", and 25 more.',
    'ERROR: Folders without files now: "0/", "1/", "2/".',
    'HINT: If a disk should be mounted there, mount it. If the files are meant to be gone, run the backup once with --allow-mass-delete. Nothing was deleted in the bucket.',
  ]);
});

test('without a record, the guard counts the files of the listing', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('stays', 'stays');
  for (let number = 0; number < 21; number += 1) world.put(`pc/docs/d/${number}`, 'x');
  const before = world.bucket.versions();
  const { code, stderr } = await world.sync();
  assert.equal(code, 4);
  assert.match(stderr, /21 of the 21 files in the backup are gone .*Folders without files now: "d\/"\./s);
  assert.deepEqual(world.bucket.versions(), before);
});

test('a LOCAL_DIR that is a link to a folder whose name is not UTF-8 is refused with exit code 4', async (t) => {
  const world = new BucketWorld(t);
  const folder = Buffer.concat([Buffer.from(`${world.folder}/caf`), Buffer.from([0xe9])]);
  mkdirSync(folder);
  const link = join(world.folder, 'link');
  symlinkSync(folder, link);
  world.config({ LOCAL_DIR: link });
  const { code, stderr } = await world.sync();
  assert.equal(code, 4, stderr);
  assert.match(
    stderr,
    /ERROR: LOCAL_DIR ".*\/link" is a link to a folder whose path is not UTF-8: ".*\/caf.*"\./,
  );
  assert.match(stderr, /HINT: Rename that folder/);
});

test('the guard does not count objects that stay in the bucket for another reason', async (t) => {
  const world = new BucketWorld(t);
  const days = (first: number) => Array.from({ length: 30 }, (_, number) => `dump-${first + number}`);
  const odd = Buffer.from(`${world.source}/\xf6`, 'latin1');
  for (const file of days(0)) world.write(file, file);
  writeFileSync(odd, 'not UTF-8');
  assert.equal((await world.sync()).code, 3);
  for (let day = 10; day <= 60; day += 10) {
    world.remove(...days(day - 10).slice(0, 10));
    for (const file of days(day).slice(-10)) world.write(file, file);
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(stderr, new RegExp(`WARNING: Not deleting ${day} objects whose files are gone`));
    assert.equal(world.stored().length, 30 + day);
    assert.equal((await world.sync(['--dry-run'])).code, 3);
  }
  // Once nothing else keeps the objects, the guard refuses their deletion.
  rmSync(odd);
  const { code, stderr } = await world.sync();
  assert.equal(code, 4);
  assert.match(stderr, /60 of the 90 files in the backup are gone/);
  assert.equal((await world.sync(['--allow-mass-delete'])).code, 0);
  assert.equal(world.stored().length, 30);
});

test('a run that deleted and ended before it stored its record does not make the next one refuse', async (t) => {
  const world = new BucketWorld(t);
  await backUpNumbered(world, 60);
  world.remove(...numbered(40));
  world.onCall('*" s3 cp "*--recursive*', 'exit 1');
  assert.equal((await world.sync(['--allow-mass-delete'])).code, 1);
  assert.equal(world.stored().length, 20);
  world.onCall();
  world.write('new', 'new');
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.equal(world.stored().length, 21);
});

test('a name with a newline is one line in the list of files that are gone', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('evil\nERROR: all is well', 'x');
  assert.equal((await world.sync()).code, 0);
  rmSync(join(world.source, 'evil\nERROR: all is well'));
  const { code, stderr } = await world.sync();
  assert.equal(code, 4);
  assert.match(stderr, /ERROR: Gone: "evil\\nERROR: all is well"\.$/m);
});
