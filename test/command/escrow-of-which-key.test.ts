// A run and `status` report whether the escrow holds the backup's own encryption key, by the proof beside it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EASY_KEY, KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, RECORD } from './bucket-world.js';

const ESCROW = 'backup.info/key/data';

async function backedUp(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.bucket.exists = true;
  world.write('a', 'content');
  return world;
}

async function uploadKey(world: BucketWorld, key = KEY): Promise<void> {
  const input = `\n\neu-central-1\ntest-bucket\n${key}\n${EASY_KEY}\n\nyes\nyes\n`;
  const { code, stderr } = await world.run('encrypted-s3-upload-key', [], { input });
  assert.equal(code, 0, stderr);
}

/** The escrow in the last run's record. */
function recorded(world: BucketWorld): unknown {
  return JSON.parse(`${world.current(RECORD).body}`).escrow?.is;
}

async function statusOf(world: BucketWorld): Promise<string> {
  const { code, stdout, stderr } = await world.runUnprivileged('encrypted-s3', ['status', world.configFile]);
  assert.equal(code, 0, stderr);
  return /Escrow: +(.*)/.exec(stdout)?.[1] ?? '';
}

test('the key that upload-key has stored counts as that of the backup', async (t) => {
  const world = await backedUp(t);
  await uploadKey(world);
  const first = await world.sync();
  assert.deepEqual([first.code, first.stderr], [0, '']);
  assert.equal(recorded(world), 'of this key');
  assert.match(await statusOf(world), /^holds this encryption key, stored \d{4}-/);
  // A quick run does not ask for the escrow, and keeps the recorded one.
  world.config({ FULL_CHECK_HOURS: '20' });
  assert.equal((await world.sync()).stderr, '');
  assert.equal(recorded(world), 'of this key');
});

test('the next full run warns of an escrow that was replaced by one of another key', async (t) => {
  const world = await backedUp(t);
  await uploadKey(world);
  makeOlder(world);
  assert.equal((await world.sync()).stderr, '');
  await uploadKey(world, OTHER_KEY);
  const { code, stderr } = await world.sync(['--full']);
  assert.equal(code, 0);
  assert.match(stderr, /WARNING: The escrow in the bucket, stored .*, holds another encryption key/);
  assert.equal(recorded(world), 'of another key');
  assert.match(await statusOf(world), /^holds another encryption key, stored /);
});

test('a run warns once of an escrow that was replaced without a proof, and never of one that had none', async (t) => {
  const world = await backedUp(t);
  world.put(ESCROW, 'as the original stores it', OTHER_KEY);
  const first = await world.sync();
  assert.deepEqual([first.code, first.stderr], [0, '']);
  assert.equal(recorded(world), 'of an unknown key');
  assert.match(
    await statusOf(world),
    /^holds an encryption key, .*; encrypted-s3-upload-key finds out which$/,
  );

  const proven = await backedUp(t);
  await uploadKey(proven);
  makeOlder(proven);
  assert.equal((await proven.sync()).stderr, '');
  proven.put(ESCROW, 'as the original stores it', OTHER_KEY);
  const replaced = await proven.sync(['--full']);
  assert.equal(replaced.code, 0);
  assert.match(replaced.stderr, /WARNING: The escrow in the bucket held this .* but was replaced/);
  assert.equal((await proven.sync(['--full'])).stderr, '');
});

/** Makes everything in the bucket a minute older, so that a later escrow has another time than the recorded one. */
function makeOlder(world: BucketWorld): void {
  for (const version of world.bucket.versions()) Object.assign(version, { time: version.time - 60_000 });
}
