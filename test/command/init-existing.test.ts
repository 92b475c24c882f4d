// `encrypted-s3 init --yes` where a config, a bucket or an escrow exists.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EASY_KEY } from '../fakes/sandbox.js';
import { OTHER_KEY } from './bucket-world.js';
import { ESCROW, InitWorld, NO_STEPS, SENTENCE } from './init-world.js';

test('init never touches a config that exists', async (t) => {
  const world = new InitWorld(t);
  await world.init([...NO_STEPS], '');
  const before = readFileSync(world.written, 'utf8');
  const other = await world.run('encrypted-s3', [
    'init',
    '--yes',
    '--skip',
    'escrow',
    '--bucket',
    'other-bucket',
  ]);
  assert.equal(other.code, 1);
  assert.match(
    other.stderr,
    /exists, and has "test-bucket" where --bucket has "other-bucket"\.\nHINT: It was not changed/,
  );
  writeFileSync(world.written, 'AWS_BUCKET=');
  const broken = await world.init();
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /The config file is incomplete/);
  assert.equal(readFileSync(world.written, 'utf8'), 'AWS_BUCKET=');
  writeFileSync(world.written, before);
  assert.equal((await world.init()).code, 0);
  assert.equal(readFileSync(world.written, 'utf8'), before);
});

test('a second backup in a bucket gets the key of the first one, by its escrow', async (t) => {
  const world = new InitWorld(t);
  assert.equal((await world.init()).code, 0);
  const second = join(world.folder, 'second.config');
  const place = ['--config', second, '--prefix', 'pc/other'];
  const below = await world.init(['--config', second, '--prefix', 'pc/docs/deeper']);
  assert.match(below.stderr, /"pc\/docs\/deeper\/" and that of another backup in the bucket, "pc\/docs\/"/);
  const wrong = await world.init(place, `${EASY_KEY}\n`);
  assert.deepEqual([wrong.code, existsSync(second)], [5, false]);
  const { code, stdout, stderr } = await world.init(place);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /This backup gets the same one/);
  assert.ok(readFileSync(second, 'utf8').includes(`ENCRYPTION_KEY='${world.key}'`));
  assert.ok(world.current('pc/other/notes/b.txt'));
});

test('init does not replace an escrow of another key', async (t) => {
  const world = new InitWorld(t);
  await world.init([...NO_STEPS], '');
  world.makeBucket();
  const easyKey = createHash('md5').update(SENTENCE).digest('hex');
  world.put(ESCROW, `#_ORIGINAL_KEY='${OTHER_KEY}' # original backup encryption key\n`, easyKey);
  const { code, stderr } = await world.init();
  assert.equal(code, 5);
  assert.match(stderr, /already holds another encryption key\.\nHINT: Nothing was stored/);
});

test('init sets an existing bucket up as a backup needs it, and keeps the rules of others', async (t) => {
  const world = new InitWorld(t);
  world.bucket.exists = true;
  const other = '{"ID":"other","Filter":{"Prefix":"logs/"},"Status":"Enabled","Expiration":{"Days":3}}';
  world.bucket.settings.set('--lifecycle-configuration', `{"Rules":[${other}]}`);
  const { code, stdout, stderr } = await world.init();
  assert.equal(code, 0, stderr);
  assert.match(stdout, /aws s3api put-bucket-versioning .*--bucket test-bucket .*Status=Enabled/);
  assert.match(stdout, /aws s3api put-public-access-block /);
  assert.equal(world.bucket.isVersioned, true);
  const { Rules } = JSON.parse(world.bucket.settings.get('--lifecycle-configuration') ?? '');
  assert.deepEqual(Rules[0], JSON.parse(other));
  assert.equal(Rules[1].Filter.Prefix, 'pc/docs/');
  const again = await world.init();
  assert.match(again.stdout, /The bucket has the settings that a backup needs\./);
  world.assertSetUp();
});

test('init does not report settings of the bucket as right that the profile may not read', async (t) => {
  const world = new InitWorld(t);
  world.makeBucket();
  const denied = 'An error occurred (AccessDenied) when calling the GetBucketX operation: Access Denied';
  const settings =
    '*get-bucket-lifecycle*|*get-bucket-encryption*|*get-public-access*|*get-bucket-versioning*';
  world.onCall(settings, `echo '${denied}' >&2; exit 254`);
  const { stdout } = await world.init(['--skip', 'escrow', 'backup', 'compare', 'schedule'], '');
  assert.match(
    stdout,
    /may not read the bucket's versioning, lifecycle rules, encryption, block of public access/,
  );
  assert.doesNotMatch(stdout, /has the settings that a backup needs/);
  assert.match(stdout, /Still to do:\n {2}encrypted-s3 doctor --fix\n/);
});
