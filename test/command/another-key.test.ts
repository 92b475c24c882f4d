// Two encryption keys in one bucket, whose escrow holds only one.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, RECORD } from './bucket-world.js';

const SECOND = { REMOTE_DIR_PREFIX: 'pc/photos' };

/** A world with a backup in the bucket. */
async function backedUp(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.write('a', 'a');
  assert.equal((await world.sync()).code, 0);
  return world;
}

test('a first run with another key than the other backup in the bucket ends with exit code 5, and names that backup', async (t) => {
  const world = await backedUp(t);
  world.config({ ...SECOND, ENCRYPTION_KEY: OTHER_KEY });
  const count = world.bucket.versions().length;
  for (const flags of [[], ['--dry-run'], ['--full']]) {
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 5, stderr);
    assert.ok(stderr.includes(`s3://test-bucket/${RECORD}, has another encryption key`), stderr);
    assert.match(stderr, /HINT: .*--another-key/);
    assert.equal(world.bucket.versions().length, count);
  }
});

test('--another-key begins a backup with another key, and no later run needs it', async (t) => {
  const world = await backedUp(t);
  world.config({ ...SECOND, ENCRYPTION_KEY: OTHER_KEY });
  assert.equal((await world.sync(['--another-key'])).code, 0);
  assert.equal((await world.sync()).code, 0);
  world.config();
  assert.equal((await world.sync()).code, 0);
});

test('a second backup with the same key begins without a flag', async (t) => {
  const world = await backedUp(t);
  world.config(SECOND);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
});

test('a first run goes on if it may not read the records of other backups', async (t) => {
  const world = await backedUp(t);
  world.config({ ...SECOND, ENCRYPTION_KEY: OTHER_KEY });
  const denied = (operation: string) =>
    `echo 'An error occurred (AccessDenied) when calling the ${operation} operation: Access Denied' >&2; exit 254`;
  world.onCall(`*${RECORD}*`, denied('GetObject'));
  assert.equal((await world.sync()).code, 0);
  world.config({ REMOTE_DIR_PREFIX: 'pc/music', ENCRYPTION_KEY: OTHER_KEY });
  world.onCall('*list-objects-v2*--prefix=backup.info/runs/\\ *', denied('ListObjectsV2'));
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.ok(
    world.syslog().some((line) => /Can't check whether other backups .* same encryption key/.test(line)),
  );
});

test('a record holds the fingerprint of its key, not the key', async (t) => {
  const world = await backedUp(t);
  const { keyFingerprint } = JSON.parse(world.current(RECORD).body.toString());
  assert.match(keyFingerprint, /^[0-9a-f]{16}$/);
  assert.ok(!world.current(RECORD).body.includes(KEY));
  world.config({ ENCRYPTION_KEY: KEY });
  assert.equal((await world.sync()).code, 0);
  assert.equal(JSON.parse(world.current(RECORD).body.toString()).keyFingerprint, keyFingerprint);
});
