import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, PREFIX, RECORD } from './bucket-world.js';

/** A backup of one file, and objects in the bucket whose files are gone. */
async function backUpWithGone(world: BucketWorld, gone: readonly string[]): Promise<void> {
  world.write('stays', 'stays');
  assert.equal((await world.sync()).code, 0);
  for (const path of gone) world.put(PREFIX + path, 'gone', KEY);
}

const calls = (world: BucketWorld, operation: string) =>
  world.awsCalls().filter((call) => call.includes(` s3api ${operation} `));

test('more than 1,000 objects are deleted in batches of at most 1,000', async (t) => {
  const world = new BucketWorld(t);
  const gone = Array.from({ length: 2050 }, (_, number) => `d/${number}`);
  await backUpWithGone(world, gone);
  const count = world.bucket.versions().length;
  const { code, stderr } = await world.sync(['--allow-mass-delete']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.stored(), ['stays']);
  const deleted = world.changesSince(count);
  assert.deepEqual(deleted.sort(), gone.map((path) => `-${path}`).sort());
  // The fake refuses larger batches.
  assert.equal(calls(world, 'delete-objects').length, 3);
  assert.ok(world.syslog().includes('<14>Deleted in the bucket: 2050.'));
});

test('the AWS CLI gets the right keys, whatever encoding it assumes for files', async (t) => {
  const world = new BucketWorld(t);
  await backUpWithGone(world, ['ü', '😀']);
  const request = join(world.folder, 'request');
  world.onCall(
    '*delete-objects*',
    `for it; do case "$it" in file://*) cp "\${it#file://}" '${request}';; esac; done`,
  );
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['stays']);
  assert.match(readFileSync(request, 'latin1'), /^[\x20-\x7e]+$/);
});

test('a key that XML cannot hold is deleted singly', async (t) => {
  const world = new BucketWorld(t);
  const awkward = ['a\x01b', 'line\nbreak', 'tab\there', 'del\x7f', 'no character \uffff'];
  await backUpWithGone(world, [...awkward, 'ü <&> "x"', 'z']);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.stored(), ['stays']);
  const singly = calls(world, 'delete-object').map((call) => /--key=(.*)$/s.exec(call)?.[1]);
  assert.deepEqual(singly.sort(), awkward.map((path) => PREFIX + path).sort());
  assert.equal(calls(world, 'delete-objects').length, 1);
});

test('a key that the server refuses to delete is named, with exit code 3', async (t) => {
  const world = new BucketWorld(t);
  await backUpWithGone(world, ['x', 'y', 'z']);
  const errors = [
    { Key: `${PREFIX}x`, Code: 'AccessDenied', Message: 'Access Denied' },
    { Key: `${PREFIX}y`, Code: 'InternalError' },
  ];
  world.onCall('*delete-objects*', `echo '${JSON.stringify({ Errors: errors })}'; exit 0`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 3);
  const said = stderr.split('\n').filter((line) => line.includes('ERROR'));
  assert.deepEqual(
    said.map((line) => line.replace(/^.*\]: /, '')),
    [
      'ERROR: "pc/docs/x" could not be deleted in the bucket: AccessDenied: Access Denied.',
      'ERROR: "pc/docs/y" could not be deleted in the bucket: InternalError.',
    ],
  );
  assert.ok(world.syslog().includes('<14>Deleted in the bucket: 1.'));
});

test('a run whose deletion fails as a whole ends with exit code 3 and records its uploads, and the next one deletes', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['stays', 'x']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  world.config({ FULL_CHECK_HOURS: '20' });
  world.remove('x');
  world.write('new', 'new');
  const denied = 'An error occurred (AccessDenied) when calling the DeleteObjects operation: Access Denied';
  world.onCall('*delete-objects*', `echo '${denied}' >&2; exit 254`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.match(
    stderr,
    /ERROR: Not all objects whose files are gone could be deleted; the next run tries again: aws CLI command failed; aborting! aws s3api delete-objects: .*AccessDenied.*\n.*HINT: The profile's user needs s3:DeleteObject/,
  );
  assert.deepEqual(world.stored(), ['new', 'stays', 'x']);
  const { totals, sent, deleted, isIncomplete } = JSON.parse(world.current(RECORD).body.toString());
  assert.deepEqual([totals.files, sent, deleted, isIncomplete], [2, 1, 0, true]);

  world.onCall();
  const next = await world.sync();
  assert.equal(next.code, 0, next.stderr);
  assert.ok(world.syslog().includes('<14>This is a full run: the last run left something undone.'));
  assert.deepEqual(world.stored(), ['new', 'stays']);
});

test('on a server that takes no batches, objects are deleted singly', async (t) => {
  for (const code of ['MissingContentMD5', 'NotImplemented', 'MethodNotAllowed']) {
    const world = new BucketWorld(t);
    const gone = Array.from({ length: 25 }, (_, number) => `d/${number}`);
    await backUpWithGone(world, [...gone, 'line\nbreak']);
    const refused = `An error occurred (${code}) when calling the DeleteObjects operation: x`;
    world.onCall('*delete-objects*', `echo '${refused}' >&2; exit 254`);
    const { code: exitCode, stderr } = await world.sync(['--allow-mass-delete']);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(world.stored(), ['stays']);
    assert.equal(calls(world, 'delete-objects').length, 1);
    assert.equal(calls(world, 'delete-object').length, 26);
    assert.ok(world.syslog().includes('<14>Deleted in the bucket: 26.'));
  }
});

test('a file that reappears right before its deletion keeps its object', async (t) => {
  const refused = 'An error occurred (NotImplemented) when calling the DeleteObjects operation: x';
  const returns = (world: BucketWorld) => `printf back > '${join(world.source, 'returns')}'`;
  const ways: readonly ((world: BucketWorld) => void)[] = [
    // After the second walk.
    (world) => world.onCall('*get-bucket-versioning*', returns(world)),
    // During the deletion of another object, on a server that takes no batches.
    (world) => world.onCall('*delete-objects*', `${returns(world)}; echo '${refused}' >&2; exit 254`),
  ];
  for (const comesBack of ways) {
    const world = new BucketWorld(t);
    await backUpWithGone(world, ['gone', 'returns']);
    comesBack(world);
    const { code, stderr } = await world.sync(['--allow-mass-delete']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(world.stored(), ['returns', 'stays']);
  }
});

test('a run that cannot find out whether deletions are safe deletes nothing, and ends with exit code 3', async (t) => {
  for (const question of ['*get-bucket-versioning*', '*--prefix=backup.info/runs/*']) {
    const world = new BucketWorld(t);
    await backUpWithGone(world, ['x', 'y']);
    world.onCall(question, 'kill -9 $$');
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /ERROR: Not deleting 2 objects whose files are gone: the bucket does not say whether that is safe\. .*SIGKILL/,
    );
    const dry = await world.sync(['--dry-run']);
    assert.equal(dry.code, 3, dry.stderr);
    assert.match(dry.stderr, /ERROR: Would not delete 2 objects whose files are gone: .*SIGKILL/);
    assert.deepEqual(world.stored(), ['stays', 'x', 'y']);

    world.onCall();
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.stored(), ['stays']);
  }
});

test('a run that may not ask for the versioning deletes nothing, and ends with exit code 3', async (t) => {
  const world = new BucketWorld(t);
  await backUpWithGone(world, ['x', 'y']);
  const denied =
    'An error occurred (AccessDenied) when calling the GetBucketVersioning operation: Access Denied';
  world.onCall('*get-bucket-versioning*', `echo '${denied}' >&2; exit 254`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 3);
  assert.match(
    stderr,
    /ERROR: Not deleting 2 objects whose files are gone: .*AccessDenied.*needs s3:GetBucketVersioning, or/,
  );
  assert.deepEqual(world.stored(), ['stays', 'x', 'y']);

  world.config({ ALLOW_UNVERSIONED_DELETE: 'yes' });
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(calls(world, 'get-bucket-versioning'), []);
  assert.deepEqual(world.stored(), ['stays']);
});

test('a run in a bucket without versioning deletes nothing, and warns', async (t) => {
  const world = new BucketWorld(t);
  world.bucket.exists = true;
  await backUpWithGone(world, ['x']);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0);
  assert.match(
    stderr,
    /WARNING: Not deleting 1 object whose file is gone: versioning is not on in the bucket.*put-bucket-versioning/,
  );
  assert.deepEqual(world.stored(), ['stays', 'x']);
});

test('a run keeps objects whose keys no file can have', async (t) => {
  const world = new BucketWorld(t);
  const impossible = ['../x', '/x', './x', 'd//x', 'd/../x', 'd/./x', '..', '.', '//', '/'];
  await backUpWithGone(world, [...impossible, 'd/x']);
  const count = world.bucket.versions().length;
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.changesSince(count), ['-d/x']);
  assert.deepEqual(world.stored().sort(), ['stays', ...impossible].sort());
  const kept = `Keeping ${impossible.length} objects whose files are not on disk, but not provably gone.`;
  assert.ok(world.syslog().includes(`<14>${kept}`));
});

test('a run keeps all objects behind a dangling link, and warns', async (t) => {
  const world = new BucketWorld(t);
  world.config({ FOLLOW_SYMLINKS: 'yes' });
  const [disk, away] = ['disk', 'away'].map((name) => join(world.folder, name)) as [string, string];
  mkdirSync(disk);
  for (const name of ['one', 'two']) writeFileSync(join(disk, name), name);
  world.write('file', 'content');
  symlinkSync(disk, join(world.source, 'link'));
  symlinkSync('/nowhere', join(world.source, 'never led anywhere'));
  assert.doesNotMatch((await world.sync()).stderr, /nowhere/);
  renameSync(disk, away);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0);
  assert.match(
    stderr,
    /WARNING: Keeping 2 objects .*: they may be behind links that lead nowhere, which syslog/,
  );
  assert.ok(world.syslog().includes(`<14>"${world.source}/link" is a link that leads nowhere.`));
  assert.deepEqual(world.stored(), ['file', 'link/one', 'link/two']);
});

test('a run deletes nothing below the prefix of another backup', async (t) => {
  const world = new BucketWorld(t);
  await backUpWithGone(world, ['gone', 'other/kept']);
  const record = `backup.info/runs/${PREFIX}other/last-run.json`;
  world.put(record, 'secret', OTHER_KEY);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /WARNING: Not deleting 2 objects .* the prefix "pc\/docs\/other\/" of another backup lies below/,
  );
  assert.match(
    stderr,
    /If that backup is abandoned, delete backup\.info\/runs\/pc\/docs\/other\/last-run\.json/,
  );
  const dry = await world.sync(['--dry-run']);
  assert.match(dry.stdout, /keep: s3:\/\/test-bucket\/pc\/docs\/gone/);
  assert.deepEqual(world.stored(), ['gone', 'other/kept', 'stays']);
  world.bucket.add(record, undefined);
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['stays']);
});
