import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  callsBeforeUploadOfChanged,
  listing,
  noRecord,
  noSuchBucket,
  recordStored,
  s3Error,
  syncDone,
  uploadDone,
  verification,
} from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

/** The calls of a first run in a new bucket, which then holds the only file. */
const firstRun = (content: string) => [
  { ...syncDone, stdout: 'upload: ./a to s3://test-bucket/pc/docs/a\n' },
  listing({ a: content }),
  recordStored,
  ...verification(content),
];

test('a missing bucket is made, with versioning, lifecycle and SSE-C allowed', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([
    noSuchBucket,
    noRecord,
    { args: ['create-bucket', 'LocationConstraint=eu-central-1'] },
    { args: ['put-bucket-versioning', 'Status=Enabled'] },
    { args: ['put-bucket-lifecycle-configuration'] },
    { args: ['put-bucket-encryption'] },
    ...firstRun('a'),
  ]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config()])).code, 0);
  box.calls();
});

test('an AWS CLI too old to know how to allow SSE-C is given the model', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const unknown =
    'Parameter validation failed:\nUnknown parameter in ServerSideEncryptionConfiguration.Rules[0]: "BlockedEncryptionTypes"\n';
  box.expect([
    noSuchBucket,
    noRecord,
    { args: ['create-bucket'] },
    { args: ['put-bucket-versioning'] },
    { args: ['put-bucket-lifecycle-configuration'] },
    { args: ['put-bucket-encryption'], exitCode: 252, stderr: unknown },
    { args: ['put-bucket-encryption'] },
    ...firstRun('a'),
  ]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config()])).code, 0);
  const paths = box.calls().map((call) => call.environment['AWS_DATA_PATH']);
  const model = paths.find((path) => path !== undefined) ?? '';
  assert.equal(paths.filter((path) => path !== undefined).length, 1);
  assert.ok(existsSync(join(model, 's3/2006-03-01/service-2.sdk-extras.json')), model);
});

test('a run uses a server that implements no bucket settings, and syslog says so', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const no = { exitCode: 254, stderr: s3Error('NotImplemented', 'PutBucketX', 'A header implies ...') };
  box.expect([
    noSuchBucket,
    noRecord,
    { args: ['create-bucket'] },
    { args: ['put-bucket-versioning'], ...no },
    { args: ['put-bucket-lifecycle-configuration'], ...no },
    { args: ['put-bucket-encryption'], ...no },
    ...firstRun('a'),
  ]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^\S+: WARNING: The bucket .* does not exist\. .*\n\S+: WARNING: You have not backed up your encryption key, yet\.\n$/,
  );
  assert.equal(box.syslog().filter((line) => /does not implement|set to allow SSE-C/.test(line)).length, 3);
});

test('a run does not use a new bucket that it may not set up completely', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([
    noSuchBucket,
    noRecord,
    { args: ['create-bucket'] },
    {
      args: ['put-bucket-versioning'],
      exitCode: 254,
      stderr: s3Error('AccessDenied', 'PutBucketVersioning', 'x'),
    },
  ]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 1);
  assert.match(stderr, /HINT: The bucket "test-bucket" exists now, but without versioning/);
  box.calls();
});

test('the first run, and no later one, warns of an existing bucket that keeps no older versions', async (t) => {
  for (const [isVersioned, said] of [
    [true, ''],
    [false, 'The bucket keeps no older versions: .* aws s3api put-bucket-versioning --bucket test-'],
  ] as const) {
    const world = new BucketWorld(t);
    Object.assign(world.bucket, { exists: true, isVersioned });
    world.write('a', 'a');
    const first = await world.sync();
    assert.equal(first.code, 0);
    assert.equal(/keeps no older versions/.test(first.stderr), !isVersioned);
    assert.match(first.stderr, new RegExp(said));
    const second = await world.sync();
    assert.deepEqual([second.code, /keeps no/.test(second.stderr)], [0, false]);
  }
});

test('a bucket that was there at the last run and is gone is made again, with a warning', async (t) => {
  const world = new BucketWorld(t);
  world.write('a', 'a');
  const first = await world.sync();
  assert.doesNotMatch(first.stderr, /is gone/);
  for (const { key, id } of world.bucket.versions()) world.bucket.removeVersion(key, id);
  world.bucket.exists = false;
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /WARNING: The bucket "test-bucket" existed at the last run and has been deleted, with all/,
  );
  assert.deepEqual(world.stored(), ['a']);
});

test('a run warns of objects, and of a record, that are gone since the last run', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'b']) world.write(path, path);
  assert.doesNotMatch((await world.sync()).stderr, /lacks|is gone/);
  for (const [prefix, warning] of [
    [
      'pc/docs/',
      /WARNING: The bucket lacks objects that the last run reported as stored, .*, for 2 files: something else has removed/,
    ],
    ['', /WARNING: The record of this backup is gone from the bucket "test-bucket"/],
  ] as const) {
    for (const { key, id } of world.bucket.versions())
      if (key.startsWith(prefix)) world.bucket.removeVersion(key, id);
    const { code, stderr } = await world.sync(['--full']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, warning);
    assert.deepEqual(world.stored(), ['a', 'b']);
    assert.doesNotMatch((await world.sync(['--full'])).stderr, /lacks|is gone/);
  }
});

test('a blocked SSE-C write is explained, with the command that lifts it', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const blocked =
    'upload failed: ./a to s3://test-bucket/pc/docs/a An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:iam::1:user/x is not authorized to perform: s3:PutObject because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C).\n';
  box.expect([...callsBeforeUploadOfChanged(), { ...uploadDone, exitCode: 1, stderr: blocked }]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /HINT: The bucket blocks encryption with your own key \(SSE-C\).*put-bucket-encryption --bucket test-bucket/,
  );
  box.calls();
});
