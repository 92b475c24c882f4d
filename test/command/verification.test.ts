import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  callsBeforeUpload,
  goodRun,
  keyIsWrong,
  listing,
  recordStored,
  s3Error,
  verification,
  withoutKey,
  withWrongKey,
} from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';

test('a bucket that returns something else ends the run with exit code 6', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([...callsBeforeUpload('a'), listing({ a: 'a' }), ...verification('b')]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 6);
  assert.match(stderr, /Downloaded file checksum mismatch: s3:\/\/test-bucket\/pc\/docs\/a differs from/);
});

test('an object that can be read without the key, or with a wrong one, ends the run with exit code 6', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const right = { args: ['s3', 'cp', '-'], stdout: 'a' };
  for (const [how, replies] of [
    ['without a key', [withWrongKey, { args: ['get-object'] }, right]],
    ['with a wrong key', [{ args: ['get-object', '--sse-customer-key'] }, withoutKey, right]],
  ] as const) {
    box.expect([...callsBeforeUpload('a'), listing({ a: 'a' }), ...replies]);
    const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
    assert.equal(code, 6);
    assert.ok(stderr.includes(`can be read ${how}`), stderr);
    box.calls();
  }
});

test('an archived object that cannot be read back does not fail the run', async (t) => {
  for (const stderr of [
    `download failed: s3://b/a to - ${s3Error('InvalidObjectState', 'GetObject', 'The operation is not valid')}`,
    'warning: Skipping file s3://b/a. Object is of storage class GLACIER. Unable to perform download operations\n',
  ]) {
    const box = new Sandbox(t);
    box.write('a', 'a');
    const archived = { args: ['s3', 'cp', '-'], exitCode: 1, stderr };
    box.expect([
      ...callsBeforeUpload('a'),
      listing({ a: 'a' }),
      withWrongKey,
      withoutKey,
      archived,
      recordStored,
    ]);
    const { code } = await box.run('encrypted-s3-sync', [box.config()]);
    assert.equal(code, 0);
    assert.match(box.syslog().join('\n'), /pc\/docs\/a is archived, and can't be read back/);
    box.calls();
  }
});

test('a broken network proves nothing about the key', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const broken = {
    args: ['get-object'],
    exitCode: 255,
    stderr: 'Could not connect to the endpoint URL: "https://x/"\n',
  };
  box.expect([
    ...callsBeforeUpload('a'),
    listing({ a: 'a' }),
    withWrongKey,
    broken,
    { args: ['s3', 'cp', '-'], stdout: 'a' },
  ]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 1);
  assert.match(stderr, /Could not connect/);
});

test('a key that S3 refuses ends the run with exit code 5', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const refused = {
    args: ['s3', 'cp', '-'],
    exitCode: 1,
    stderr: `fatal error: ${s3Error('403', 'HeadObject', 'Forbidden').trim()}\n`,
  };
  box.expect([
    ...callsBeforeUpload('a'),
    listing({ a: 'a' }),
    ...keyIsWrong,
    withWrongKey,
    withoutKey,
    refused,
  ]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 5);
  assert.match(stderr, /can't be read with ENCRYPTION_KEY: it was stored with another key/);
});

test('the verification reads a large object from a stream, not from a file', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a'.repeat(300_000));
  box.expect(goodRun('a'.repeat(300_000)));
  assert.equal((await box.run('encrypted-s3-sync', [box.config()])).code, 0);
  assert.ok(
    box.calls().some((call) => call.argv.includes('-') && call.argv.includes('s3://test-bucket/pc/docs/a')),
  );
});

test('a name that begins with a dash is verified', async (t) => {
  const box = new Sandbox(t);
  box.write('-foo', 'a');
  box.expect(goodRun('a', '-foo', ''));
  assert.equal((await box.run('encrypted-s3-sync', [box.config({ REMOTE_DIR_PREFIX: '' })])).code, 0);
  assert.equal(box.calls().filter((call) => call.argv.includes('--key=-foo')).length, 3);
});
