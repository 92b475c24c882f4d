import assert from 'node:assert/strict';
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, PREFIX, RECORD } from './bucket-world.js';

/** Makes a dry run, and asserts that it changes nothing. */
async function dryRun(world: BucketWorld, ...flags: readonly string[]): Promise<Outcome> {
  rmSync(world.lock, { force: true });
  const before = world.snapshot();
  const outcome = await world.sync(['--dry-run', ...flags]);
  assert.deepEqual(world.snapshot(), before);
  assert.deepEqual(readdirSync(world.tmp), []);
  assert.ok(!world.hasLock);
  return outcome;
}

const lines = (text: string) => text.split('\n').filter(Boolean);

/** Backs up `count` files in `d/`, one beside it, and those in `files`. */
async function backedUp(world: BucketWorld, count: number, files: readonly string[] = []): Promise<void> {
  world.write('stays', 'stays');
  for (let number = 0; number < count; number += 1) world.write(`d/${number}`, 'x');
  for (const path of files) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
}

test('a dry run lists uploads with their reasons, and deletions', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 0, ['changed', 'gone', 'grown', 'newer']);
  world.write('changed', 'CHANGED');
  world.write('grown', 'grown longer');
  world.write('newer', 'NEWER', new Date(Date.now() + 3_600_000));
  world.write('new', 'new');
  world.remove('gone');

  const { code, stdout, stderr } = await dryRun(world);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(lines(stdout).sort(), [
    '(dryrun) delete: s3://test-bucket/pc/docs/gone',
    '(dryrun) upload: changed (changed)',
    '(dryrun) upload: grown (another size)',
    '(dryrun) upload: new (new)',
    '(dryrun) upload: newer (changed)',
  ]);

  const count = world.bucket.versions().length;
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.changesSince(count).sort(), ['-gone', 'changed', 'grown', 'new', 'newer']);
  assert.deepEqual(await dryRun(world), { code: 0, signal: null, stdout: '', stderr: '' });
});

test('a dry run without versioning says that nothing would be deleted, unless the config allows it', async (t) => {
  const world = new BucketWorld(t);
  world.bucket.exists = true;
  await backedUp(world, 0, ['gone']);
  world.remove('gone');
  const { code, stdout, stderr } = await dryRun(world);
  assert.equal(code, 0);
  assert.equal(stdout, '(dryrun) keep: s3://test-bucket/pc/docs/gone\n');
  assert.match(
    stderr,
    /WARNING: Would not delete 1 object whose file is gone: versioning is not on in the bucket/,
  );

  world.config({ ALLOW_UNVERSIONED_DELETE: 'yes' });
  const allowed = await dryRun(world);
  assert.deepEqual([allowed.code, allowed.stderr], [0, '']);
  assert.equal(allowed.stdout, '(dryrun) delete: s3://test-bucket/pc/docs/gone\n');
});

test('a dry run of a run that the guard would refuse says why and ends with exit code 4', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 30);
  world.remove('d');
  const { code, stdout, stderr } = await dryRun(world);
  assert.equal(code, 4);
  assert.match(stderr, /ERROR: 30 of the 31 files in the backup are gone from LOCAL_DIR/);
  assert.match(stderr, /Folders without files now: "d\/"\./);
  assert.equal(lines(stdout).length, 30);
  assert.ok(lines(stdout).every((line) => line.startsWith('(dryrun) delete: s3://test-bucket/pc/docs/d/')));

  const allowed = await dryRun(world, '--allow-mass-delete');
  assert.deepEqual([allowed.code, allowed.stdout, allowed.stderr], [0, stdout, '']);
});

test('a dry run with a wrong key ends with exit code 5, with a record and without', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 1);
  world.config({ ENCRYPTION_KEY: OTHER_KEY });
  for (const object of [RECORD, PREFIX]) {
    const { code, stdout, stderr } = await dryRun(world);
    assert.deepEqual([code, stdout], [5, '']);
    assert.match(stderr, /can't be read with ENCRYPTION_KEY: it was stored with another key/);
    assert.ok(stderr.includes(`s3://test-bucket/${object}`), stderr);
    world.bucket.add(RECORD, undefined);
  }
});

test('a dry run works without a bucket, and without anything of an earlier run on disk', async (t) => {
  const world = new BucketWorld(t);
  world.write('d/new', 'new');
  const { code, stdout, stderr } = await dryRun(world);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(stdout, '(dryrun) create the bucket test-bucket\n(dryrun) upload: d/new (new)\n');
  assert.deepEqual([readdirSync(world.home), world.bucket.versions()], [[], []]);
});

test('a dry run that finds a file which cannot be read ends with exit code 3', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 1);
  world.write('secret', 'secret');
  world.write('new', 'new');
  chmodSync(join(world.source, 'secret'), 0);
  const { code, stdout, stderr } = await dryRun(world);
  assert.deepEqual([code, stdout], [3, '(dryrun) upload: new (new)\n']);
  assert.match(
    stderr,
    /ERROR: ".*\/secret" can't be read: what it holds now is not in the backup\. To exclude it: EXCLUDE=\(secret\)\.\n$/,
  );
});

test('each file is one line, whatever is in its name', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 1, ['gone\n(dryrun) delete: all']);
  world.remove('gone\n(dryrun) delete: all');
  world.write('new\n\x1b[2J', '');
  const { code, stdout, stderr } = await dryRun(world);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(lines(stdout), [
    '(dryrun) upload: new\\n\\x1b[2J (new)',
    '(dryrun) delete: s3://test-bucket/pc/docs/gone\\n(dryrun) delete: all',
  ]);
});

test('a dry run uses the copy of the tree and downloads nothing', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 1);
  assert.equal((await dryRun(world)).stdout, '');
  assert.equal(world.treeDownloads(), 0);
  rmSync(world.treeCopy);
  assert.equal((await dryRun(world)).stdout, '');
  assert.equal(world.treeDownloads(), 1);
});

test('a dry run of a home directory excludes the state folder', async (t) => {
  const world = new BucketWorld(t);
  world.config({ LOCAL_DIR: world.home });
  writeFileSync(join(world.home, 'f'), 'f');
  const first = await world.sync();
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(world.stored(), ['f']);
  assert.equal((await dryRun(world)).stdout, '');
});
