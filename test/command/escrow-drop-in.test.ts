// The original's encrypted-s3-upload-key runs the encrypted-s3-sync on PATH, which may be ours.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { EASY_KEY, KEY } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const ESCROW = 'backup.info/key/data';
const CONTENT = `#_ORIGINAL_KEY='${KEY}' # original backup encryption key\n`;
const DERIVED = createHash('md5').update(EASY_KEY).digest('hex');

/** A world with the config that the original's script writes. */
function worldOf(t: TestContext, easyKey = DERIVED): BucketWorld {
  const world = new BucketWorld(t);
  world.config({
    AWS_RETENTION_DAYS: '30',
    LOCAL_LIST: '',
    REMOTE_DIR_PREFIX: 'backup.info/key',
    ENCRYPTION_KEY: easyKey,
    FULL_CHECK_HOURS: undefined,
  });
  return world;
}

test('a folder that holds nothing but the text of the escrow is stored as the escrow, in a bucket that is made for it', async (t) => {
  const world = worldOf(t);
  world.write('data', CONTENT);
  const outcome = await world.sync();
  assert.deepEqual([outcome.code, outcome.stdout], [0, '']);
  assert.match(outcome.stderr, /^\S+: WARNING: The bucket "test-bucket" does not exist\. Creating it: .*\n$/);
  assert.deepEqual([...world.bucket.current().keys()], [ESCROW, `${ESCROW}.proof`]);
  assert.ok(world.bucket.isVersioned);
  const { stdout } = await world.run(
    'encrypted-s3-download-key',
    ['default', 'eu-central-1', 'test-bucket'],
    { input: `${EASY_KEY}\n` },
  );
  assert.equal(stdout, CONTENT);

  // A second run stores nothing.
  const count = world.bucket.versions().length;
  assert.equal((await world.sync()).code, 0);
  assert.equal(world.bucket.versions().length, count);
});

test('a run that would replace another escrow in the bucket ends with exit code 4', async (t) => {
  const world = worldOf(t);
  world.write('data', CONTENT);
  assert.equal((await world.sync()).code, 0);
  const stored = world.current(ESCROW);
  for (const [easyKey, content] of [
    [DERIVED.replace(/^./, 'x'), CONTENT],
    [DERIVED, CONTENT.replace(KEY, 'Another0Key1of2the3same4length56')],
  ] as const) {
    world.config({ REMOTE_DIR_PREFIX: 'backup.info/key', ENCRYPTION_KEY: easyKey });
    world.write('data', content);
    const { code, stderr } = await world.sync();
    assert.equal(code, 4, stderr);
    assert.match(
      stderr,
      /ERROR: The bucket "test-bucket" already holds a (different )?backup key.*\n.*HINT: /,
    );
    assert.equal(world.current(ESCROW), stored);
  }
});

test('any other source is refused below backup.info/ with exit code 4, and none of its text is shown', async (t) => {
  for (const files of [
    {},
    { data: CONTENT, other: 'x' },
    { data: `secret ${KEY}` },
    { data: "#_ORIGINAL_KEY='too short' # x\n" },
    { 'data/x': CONTENT },
  ]) {
    const world = worldOf(t);
    for (const [path, content] of Object.entries(files)) world.write(path, content);
    const { code, stderr } = await world.sync();
    assert.equal(code, 4, stderr);
    assert.match(stderr, /ERROR: .*REMOTE_DIR_PREFIX='backup\.info\/key'/);
    assert.doesNotMatch(stderr, new RegExp(`${KEY}|too short`));
    assert.deepEqual([...world.bucket.current().keys()], []);
  }
});
