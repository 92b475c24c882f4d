// A run uploads no file before a probe has proven that the server encrypts with the customer's key.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { s3Error } from '../fakes/replies.js';
import { EASY_KEY, KEY } from '../fakes/sandbox.js';
import { BucketWorld, RECORD } from './bucket-world.js';

const PROBE = /^backup\.info\/probe\/[0-9a-f]{32}$/;
const FAULT =
  /ERROR: The server does not encrypt with the customer's key \(SSE-C\): .* can be read without a key/;
/** The answers of encrypted-s3-upload-key to its questions. */
const ESCROW = `\n\neu-central-1\ntest-bucket\n${KEY}\n${EASY_KEY}\n\nyes\n`;

const keysOf = ({ bucket }: BucketWorld) => bucket.versions().map(({ key }) => key);
const uploadKey = (world: BucketWorld) => world.run('encrypted-s3-upload-key', [], { input: ESCROW });

for (const exists of [true, false]) {
  test(`a server that ignores SSE-C gets no file, and the exit code is 6 (the bucket ${exists ? 'is there' : 'is new'})`, async (t) => {
    const world = new BucketWorld(t);
    Object.assign(world.bucket, { exists, isVersioned: exists, ignoresKeys: true });
    for (let number = 0; number < 300; number += 1) world.write(`${number}`, 'private');
    const { code, stderr } = await world.sync();
    assert.equal(code, 6, stderr);
    assert.match(stderr, FAULT);
    assert.deepEqual(keysOf(world), []);
    assert.ok(!world.awsCalls().some((call) => / s3 (sync|cp .*--recursive) /.test(call)));
  });
}

test('a server that ignores SSE-C gets no escrowed key', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.bucket.ignoresKeys = true;
  const { code, stdout, stderr } = await uploadKey(world);
  assert.equal(code, 6, stderr);
  assert.match(stderr, FAULT);
  assert.doesNotMatch(stdout, /SUCCESS/);
  assert.deepEqual(keysOf(world), []);
});

test('a server that takes any key gets no file, and the exit code is 6', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  world.onCall('*get-object*backup.info/probe/*--sse-customer-key*', 'exit 0');
  const { code, stderr } = await world.sync();
  assert.equal(code, 6, stderr);
  assert.match(stderr, /The server does not encrypt with .* can be read with another key\./);
  assert.deepEqual(keysOf(world), []);
});

test('a first run stores the probe first, with a key of its own, and removes it, and a backup with a record needs no probe', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  const added: string[] = [];
  const { add } = world.bucket;
  world.bucket.add = (key, body, keyHash, time) => {
    added.push(PROBE.test(key) ? `probe ${keyHash === hashOf(KEY)}` : key);
    add.call(world.bucket, key, body, keyHash, time);
  };
  const first = await world.sync();
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(added.slice(0, 2), ['probe false', 'pc/docs/a']);
  assert.ok(!keysOf(world).some((key) => PROBE.test(key)));
  assert.ok(keysOf(world).includes(RECORD));
  assert.equal((await uploadKey(world)).code, 0);
  assert.deepEqual(added.slice(-3), ['probe false', 'backup.info/key/data', 'backup.info/key/data.proof']);
  assert.ok(!keysOf(world).some((key) => PROBE.test(key)));

  const count = added.length;
  world.write('b', 'b');
  assert.equal((await world.sync()).code, 0);
  assert.ok(!added.slice(count).some((it) => it.startsWith('probe')));
});

test('a user who may not remove versions leaves a delete marker of the probe, and a user who may not delete gets a warning', async (t) => {
  const denied = s3Error('AccessDenied', 'DeleteObject', 'Access Denied').trim();
  for (const [calls, deletions, warnings] of [
    ['*delete-object*--version-id=*', 1, 0],
    ['*delete-object*', 0, 1],
  ] as const) {
    const world = new BucketWorld(t);
    world.makeBucket();
    world.write('a', 'a');
    world.onCall(calls, `echo '${denied}' >&2; exit 254`);
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    const probes = world.bucket.versions().filter(({ key }) => PROBE.test(key));
    assert.equal(probes.length, 1 + deletions);
    assert.equal(probes.filter(({ body }) => body === undefined).length, deletions);
    assert.equal(
      stderr.match(/WARNING: The test object s3:.* could not be removed:/g)?.length ?? 0,
      warnings,
    );
  }
});

test('a block of SSE-C has its own error message, with the command that lifts it', async (t) => {
  const blocked =
    'upload failed: - to s3://b/k An error occurred (AccessDenied) when calling the PutObject operation: because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C).';
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  world.onCall('*backup.info/probe/*', `echo '${blocked}' >&2; exit 1`);
  for (const run of [() => world.sync(), () => uploadKey(world)]) {
    const { code, stderr } = await run();
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /HINT: The bucket blocks encryption with your own key.*put-bucket-encryption --bucket test-/,
    );
  }
  assert.deepEqual(keysOf(world), []);
});

test('a network that breaks during the probe ends the run with exit code 1, and no file is uploaded', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  const broken = 'Could not connect to the endpoint URL: "https://x/"';
  for (const calls of [
    '*get-object*probe/*',
    '*get-object*probe/*--sse-customer-key*',
    '*" s3 cp s3:"*probe/*',
  ]) {
    world.onCall(calls, `echo '${broken}' >&2; exit 255`);
    const { code, stderr } = await world.sync();
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Could not connect/);
    assert.deepEqual(world.stored(), []);
  }
});

test('a first run with nothing to upload proves SSE-C before it stores its record', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.onCall('*get-object*probe/*', 'echo content; exit 0');
  assert.equal((await world.sync()).code, 6);
  assert.deepEqual(
    keysOf(world).filter((key) => !PROBE.test(key)),
    [],
  );
});

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
