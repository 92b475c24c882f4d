// A restore never overwrites files that users write during the download.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BucketWorld, RECORD, TREE } from './bucket-world.js';

const DOWNLOAD = '*"s3 cp s3://test-bucket/pc/"*';
const FLAGS = ['--keep-newer', '--missing-only', undefined];

async function backedUp(t: TestContext): Promise<{ world: BucketWorld; to: string }> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'd/b']) world.write(path, `content of ${path}`);
  assert.equal((await world.sync()).code, 0);
  return { world, to: join(world.folder, 'to') };
}

function restore(world: BucketWorld, flag: string | undefined, ...words: string[]) {
  const flags = flag === undefined ? [] : [flag];
  return world.runUnprivileged('encrypted-s3', ['restore', '--config', world.configFile, ...flags, ...words]);
}

function writeOld(file: string): void {
  writeFileSync(file, 'old');
  utimesSync(file, 1, 1);
}

for (const flag of FLAGS) {
  const how = flag ?? 'no flag';
  test(`a file that appears in the place of one of a folder during the download stays, with ${how}`, async (t) => {
    const { world, to } = await backedUp(t);
    mkdirSync(to);
    const file = join(to, 'a');
    if (flag === '--keep-newer') writeOld(file);
    world.onFirstCall(DOWNLOAD, `echo new > '${file}'`);
    const { code, stderr } = await restore(world, flag, to);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /ERROR: "a" is not restored: a (newer file has taken|file is at)/);
    assert.equal(readFileSync(file, 'utf8'), 'new\n');
    assert.equal(readFileSync(join(to, 'd/b'), 'utf8'), 'content of d/b');
  });

  test(`a file that appears in the place of a single one during the download stays, with ${how}`, async (t) => {
    const { world, to } = await backedUp(t);
    if (flag === '--keep-newer') writeOld(to);
    world.onFirstCall(DOWNLOAD, `echo new > '${to}'`);
    const { code, stderr } = await restore(world, flag, 'a', to);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /ERROR: ".*to" is not restored: another file has taken its place meanwhile/);
    assert.equal(readFileSync(to, 'utf8'), 'new\n');
  });
}

test('--overwrite replaces even a file that appears during the download', async (t) => {
  const { world, to } = await backedUp(t);
  world.onFirstCall(DOWNLOAD, `echo new > '${to}'`);
  assert.equal((await restore(world, '--overwrite', 'a', to)).code, 0);
  assert.equal(readFileSync(to, 'utf8'), 'content of a');
});

test('a file that was there and is changed during the download does not get its old time back', async (t) => {
  const { world, to } = await backedUp(t);
  mkdirSync(to);
  const file = join(to, 'a');
  assert.equal((await restore(world, undefined, 'a', file)).code, 0);
  world.onFirstCall(DOWNLOAD, `echo new > '${file}'`);
  const { code, stderr } = await restore(world, '--keep-newer', to);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /"a" is not restored: it existed already, and has changed meanwhile/);
  assert.ok(statSync(file).mtimeMs > Date.now() - 600_000);
});

for (const flag of ['--keep-newer', '--missing-only']) {
  test(`without a tree, ${flag} keeps files that are newer than their objects`, async (t) => {
    const { world, to } = await backedUp(t);
    for (const key of [TREE, RECORD]) world.bucket.add(key, undefined);
    writeFileSync(to, 'new');
    const later = new Date(Date.now() + 3_600_000);
    utimesSync(to, later, later);
    assert.match((await restore(world, flag, '--dry-run', 'a', to)).stdout, /keep \(newer on disk\)/);
    assert.equal((await restore(world, flag, 'a', to)).code, 0);
    assert.equal(readFileSync(to, 'utf8'), 'new');
    if (flag === '--missing-only') return;
    utimesSync(to, 1, 1);
    assert.equal((await restore(world, flag, 'a', to)).code, 0);
    assert.equal(readFileSync(to, 'utf8'), 'content of a');
  });
}
