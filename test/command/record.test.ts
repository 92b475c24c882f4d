import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, PREFIX, RECORD, TREE, UPLOAD } from './bucket-world.js';

const WRONG_KEY = /ERROR: s3:.* can't be read with ENCRYPTION_KEY: it was stored with another key\./;

/** A backup of two files. */
async function backedUp(world: BucketWorld): Promise<void> {
  world.write('a', 'a');
  world.write('d/b', 'b');
  assert.equal((await world.sync()).code, 0);
}

/** Asserts that the run fails, and changes neither the bucket nor the tree's copy. */
async function assertFailsUnchanged(world: BucketWorld, code: number, stderr: RegExp): Promise<void> {
  const before = [world.bucket.versions(), readFileSync(world.treeCopy)];
  const outcome = await world.sync();
  assert.match(outcome.stderr, stderr);
  assert.equal(outcome.code, code);
  assert.deepEqual([world.bucket.versions(), readFileSync(world.treeCopy)], before);
}

test('another ENCRYPTION_KEY ends the run with exit code 5 before anything is stored', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  world.config({ ENCRYPTION_KEY: OTHER_KEY });
  world.write('new', 'new');
  world.remove('a');
  await assertFailsUnchanged(world, 5, WRONG_KEY);
});

test('another ENCRYPTION_KEY is found without a record too, for a backup of the original scripts', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  world.write('new', 'new');
  world.put(`${PREFIX}a`, 'a', OTHER_KEY);
  const before = world.bucket.versions();
  const { code, stderr } = await world.sync();
  assert.equal(code, 5);
  assert.match(stderr, WRONG_KEY);
  assert.deepEqual(world.bucket.versions(), before);

  world.config({ ENCRYPTION_KEY: OTHER_KEY });
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['a', 'new']);
});

test('objects that are not encrypted prove an encryption key neither right nor wrong', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'b', 'c']) {
    world.write(path, path);
    world.put(PREFIX + path, path);
  }
  assert.equal((await world.sync()).code, 0);
  for (const path of ['a', 'b', 'c']) assert.ok(world.current(PREFIX + path).keyHash, path);

  const other = new BucketWorld(t);
  other.makeBucket();
  for (const path of ['a', 'b', 'd']) other.put(PREFIX + path, path);
  other.put(`${PREFIX}c`, 'c', OTHER_KEY);
  other.write('c', 'c');
  const before = other.bucket.versions();
  const { code, stderr } = await other.sync();
  assert.deepEqual([code, other.bucket.versions()], [5, before], stderr);
});

test('the record of a later version ends the run with exit code 1 and the advice to update', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  const record = JSON.parse(world.current(RECORD).body.toString('utf8'));
  world.put(RECORD, JSON.stringify({ ...record, version: 2 }), KEY);
  world.write('new', 'new');
  const told =
    /ERROR: s3:.*last-run\.json has version 2, which this program does not know\.\n.*HINT: .*update this one/;
  await assertFailsUnchanged(world, 1, told);
});

test('a damaged record ends each run with exit code 1 until it is deleted', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  const whole = world.current(RECORD).body.toString('utf8');
  world.write('new', 'new');
  for (const damaged of ['', 'null', '[]', '"x"', '{"version": 1}', whole.slice(0, -10)]) {
    world.put(RECORD, damaged, KEY);
    const told =
      /ERROR: s3:.*last-run\.json is not a record of a run\.\n.*HINT: Find out what it holds and who stored it/;
    await assertFailsUnchanged(world, 1, told);
  }
  world.bucket.add(RECORD, undefined);
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['a', 'd/b', 'new']);
  assert.equal((await world.sync()).code, 0);
});

test('record and tree are stored by one call, after everything else', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  world.write('new', 'new');
  world.remove('a');
  const count = world.bucket.versions().length;
  assert.equal((await world.sync()).code, 0);
  const calls = world.awsCalls();
  const storing = calls.filter((call) => / s3 cp (?!s3:)\S+ s3:\S+backup\.info\/runs\//.test(call));
  assert.equal(storing.length, 1);
  // Only the query of the escrow runs beside it.
  assert.ok(calls.slice(-2).includes(storing[0] ?? ''), calls.join('\n'));
  const changed = world.bucket.versions().slice(count);
  assert.deepEqual(
    changed.slice(0, 2).map(({ key }) => key),
    [`${PREFIX}new`, `${PREFIX}a`],
  );
  assert.deepEqual(
    changed
      .slice(2)
      .map(({ key }) => key)
      .sort(),
    [RECORD, TREE],
  );
});

test('a run that ends early leaves the record and the copy as they were', async (t) => {
  const world = new BucketWorld(t);
  world.write('stays', 'stays');
  for (let number = 0; number < 25; number += 1) world.write(`d/${number}`, 'x');
  assert.equal((await world.sync()).code, 0);
  world.remove('d');
  await assertFailsUnchanged(world, 4, /ERROR: 25 of the 26 files in the backup are gone/);

  for (let number = 0; number < 25; number += 1) world.write(`d/${number}`, 'x');
  world.write('new', 'new');
  world.onCall(UPLOAD, 'echo "fatal error: Unable to do anything" >&2; exit 1');
  await assertFailsUnchanged(world, 1, /ERROR: aws CLI command failed; aborting! aws s3 cp: fatal error/);
  world.onCall("*' s3 cp '*backup.info/runs/*' --recursive '*", 'echo "upload failed: x" >&2; exit 1');
  const before = [world.current(RECORD), world.current(TREE), readFileSync(world.treeCopy)];
  assert.equal((await world.sync()).code, 1);
  assert.deepEqual([world.current(RECORD), world.current(TREE), readFileSync(world.treeCopy)], before);

  world.onCall();
  rmSync(world.treeCopy);
  assert.equal((await world.sync()).code, 0);
  assert.equal(world.treeDownloads(), 1);
});

test('each full run asks whether the key is escrowed', async (t) => {
  const warning = /WARNING: You have not backed up your encryption key, yet\./;
  const world = new BucketWorld(t);
  await backedUp(world);
  for (const body of [undefined, 'escrowed', undefined]) {
    world.bucket.add('backup.info/key/data', body === undefined ? undefined : Buffer.from(body));
    const { code, stderr } = await world.sync();
    assert.equal(code, 0);
    assert.equal(warning.test(stderr), body === undefined, stderr);
  }
});

test('a run that cannot find out whether the key is escrowed says so, and that the backup is done', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  world.write('new', 'new');
  world.onCall('*backup.info/key/data*', "echo 'Could not connect to the endpoint URL' >&2; exit 255");
  const { code, stderr } = await world.sync();
  assert.equal(code, 1);
  assert.match(
    stderr,
    /ERROR: The backup is done, but the bucket did not say whether its key .* Could not connect.*\n.*HINT: Check the network/,
  );
  assert.deepEqual(world.stored(), ['a', 'd/b', 'new']);
  world.onCall();
  const count = world.bucket.versions().length;
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.changesSince(count), []);
});

test('a damaged tree whose checksum matches the record ends the run with exit code 1 and says what to delete', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  const body = Buffer.from('this is no gzip');
  const record = JSON.parse(world.current(RECORD).body.toString('utf8'));
  const treeSha256 = createHash('sha256').update(body).digest('hex');
  world.put(TREE, body, KEY);
  world.put(RECORD, JSON.stringify({ ...record, treeSha256 }), KEY);
  const told =
    /ERROR: The tree of the last run can't be used\. .*\n.*HINT: Delete backup\.info\/runs\/pc\/docs\/last-run\.json/;
  await assertFailsUnchanged(world, 1, told);
});

test('the tree stores impossible times of files as they are', async (t) => {
  const world = new BucketWorld(t);
  // Some file systems store such a time, for instance milliseconds that were taken for seconds.
  const folder = mkdtempSync('/dev/shm/times-');
  t.after(() => rmSync(folder, { recursive: true }));
  world.config({ LOCAL_DIR: folder });
  for (const [name, time] of [
    ['late', '@1700000000000'],
    ['early', '1906-01-01'],
  ] as const) {
    writeFileSync(join(folder, name), name);
    spawnSync('touch', ['-d', time, join(folder, name)]);
  }
  for (const flags of [['--dry-run'], [], []]) {
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 0, stderr);
  }
  assert.deepEqual(world.stored(), ['early', 'late']);
});
