// `encrypted-s3 doctor --fix` corrects the settings of the bucket, and nothing else.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { examine, find, stateOf, worldWithBucket } from './doctor-world.js';

test('--fix mends a bucket without settings, and doctor finds it in order afterwards', async (t) => {
  const world = worldWithBucket(t);
  const before = await examine(world);
  assert.equal(before.code, 1, before.stderr);
  const checks = ['versioning', 'lifecycle', 'public access'];
  assert.deepEqual(
    checks.map((check) => stateOf(before, check)),
    ['warning', 'warning', 'warning'],
  );
  assert.equal(
    find(before, 'versioning')?.remedy,
    'aws s3api put-bucket-versioning --region eu-central-1 --bucket test-bucket --versioning-configuration Status=Enabled',
  );
  assert.equal(world.bucket.isVersioned, false);
  const after = await examine(world, '--fix', '--yes');
  assert.match(after.stderr, /To be changed in the bucket:\n {2}# Without it.*\n {2}aws s3api put-bucket-v/);
  assert.deepEqual(
    checks.map((check) => stateOf(after, check)),
    ['ok', 'ok', 'ok'],
  );
  const again = await examine(world, '--fix', '--yes');
  assert.doesNotMatch(again.stderr, /To be changed/);
  assert.ok(!world.awsCalls().some((call) => call.includes(' put-')));
});

test('--fix adds our lifecycle rules and keeps those of others', async (t) => {
  const world = worldWithBucket(t);
  const others = {
    ID: 'logs',
    Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'a', Value: 'b' }] } },
    Status: 'Enabled',
    Expiration: { Days: 7 },
    Transitions: [{ Days: 1, StorageClass: 'GLACIER' }],
  };
  world.bucket.settings.set('--lifecycle-configuration', JSON.stringify({ Rules: [others] }));
  assert.equal(stateOf(await examine(world, '--fix', '--yes'), 'lifecycle'), 'ok');
  const { Rules } = JSON.parse(world.bucket.settings.get('--lifecycle-configuration') ?? '');
  assert.deepEqual(Rules[0], others);
  assert.equal(Rules.length, 3);
});

test('--fix does not take an answer without rules for a bucket without rules, and changes nothing', async (t) => {
  const world = worldWithBucket(t);
  for (const text of ['{}', '', '{"Rules":null}']) {
    world.onCall('*get-bucket-lifecycle*', `echo '${text}'; exit 0`);
    assert.equal(stateOf(await examine(world, '--fix', '--yes'), 'lifecycle'), 'not checked');
  }
  world.onCall('*get-bucket-lifecycle*', 'echo null; exit 0');
  assert.match(
    find(await examine(world, '--fix', '--yes'), 'versioning')?.text ?? '',
    /did not print the JSON/,
  );
  assert.ok(!world.awsCalls().some((call) => call.includes('put-bucket-lifecycle')));
});

test('--fix does not replace rules that appear meanwhile', async (t) => {
  const world = worldWithBucket(t);
  const mark = join(world.folder, 'asked');
  const rules =
    '{"Rules":[{"ID":"new","Filter":{"Prefix":"x/"},"Status":"Enabled","Expiration":{"Days":1}}]}';
  // The first query finds no rules.
  world.onCall('*get-bucket-lifecycle*', `[ -e ${mark} ] && { echo '${rules}'; exit 0; }; touch ${mark}`);
  const examined = await examine(world, '--fix', '--yes');
  assert.match(
    find(examined, 'versioning')?.text ?? '',
    /Somebody else has changed the settings of the bucket/,
  );
  assert.ok(!world.awsCalls().some((call) => call.includes(' put-')));
});

test('--fix does nothing without a yes, and requires --yes without a terminal', async (t) => {
  const world = worldWithBucket(t);
  const { code, stderr } = await world.run('encrypted-s3', ['doctor', '--fix', world.configFile]);
  assert.deepEqual([code, stderr.split('\n')[0]], [1, 'error: without a terminal, --fix needs --yes']);
  assert.equal(world.bucket.isVersioned, false);
});

test('a bucket that blocks SSE-C fails with the command that lifts the block, and --fix lifts it', async (t) => {
  const world = worldWithBucket(t);
  const rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
    BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
  };
  const option = '--server-side-encryption-configuration';
  world.bucket.settings.set(option, JSON.stringify({ Rules: [rule] }));
  const before = await examine(world);
  assert.equal(before.code, 2);
  assert.match(find(before, 'SSE-C allowed')?.remedy ?? '', /put-bucket-encryption .*aws:kms.*NONE/);
  const after = await examine(world, '--fix', '--yes');
  assert.equal(stateOf(after, 'SSE-C allowed'), 'ok');
});

test('--fix lifts the block of SSE-C even with an AWS CLI too old to know of it', async (t) => {
  const world = worldWithBucket(t);
  const said = 'Unknown parameter in ServerSideEncryptionConfiguration.Rules[0]: "BlockedEncryptionTypes"';
  const blocked = '{"Rules":[{"BlockedEncryptionTypes":{"EncryptionType":["SSE-C"]}}]}';
  world.bucket.settings.set('--server-side-encryption-configuration', blocked);
  world.onCall('*put-bucket-encryption*', `[ -n "$AWS_DATA_PATH" ] || { echo '${said}' >&2; exit 252; }`);
  assert.equal(stateOf(await examine(world, '--fix', '--yes'), 'SSE-C allowed'), 'ok');
});
