// Warnings of a run that succeeds, but backs up nothing, without older versions, or another disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, RECORD } from './bucket-world.js';

test('a run that finds no file says so', async (t) => {
  const world = new BucketWorld(t);
  for (const _ of ['first', 'second']) {
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /WARNING: No file of LOCAL_DIR ".*\/source" is in the backup\. If a disk should be mounted/,
    );
  }
  world.write('f', 'f');
  assert.doesNotMatch((await world.sync()).stderr, /No file/);
});

test('the first run warns of a bucket that it has created on a server without versioning', async (t) => {
  const world = new BucketWorld(t);
  world.write('f', 'f');
  const refused = 'An error occurred (NotImplemented) when calling the PutBucketVersioning operation: x';
  world.onCall('*put-bucket-versioning*', `echo '${refused}' >&2; exit 254`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /WARNING: The bucket keeps no older versions: /);
});

test('a run warns once of a LOCAL_DIR that is on another file system than at the last run', async (t) => {
  const world = new BucketWorld(t);
  world.write('f', 'f');
  assert.equal((await world.sync()).code, 0);
  const record = JSON.parse(world.current(RECORD).body.toString()) as { localDirId: string };
  const [type, device, inode] = record.localDirId.split(':');
  for (const [before, isOther] of [
    [`1${type}:${device}:${inode}`, true],
    [`${type}:1${device}:1${inode}`, true],
    [`${type}:1${device}:${inode}`, false],
    [`${type}:${device}:1${inode}`, false],
  ] as const) {
    world.put(RECORD, JSON.stringify({ ...record, localDirId: before }), KEY);
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assert.equal(
      /WARNING: LOCAL_DIR ".*" is on another file system than at the last run/.test(stderr),
      isOther,
      before,
    );
    assert.doesNotMatch((await world.sync()).stderr, /another file system/);
  }
});
