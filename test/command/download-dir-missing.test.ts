// Files that the bulk download does not bring, and older states that cannot be fully known.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { s3Error } from '../fakes/replies.js';
import { KEY } from '../fakes/sandbox.js';
import { entriesOf } from '../s3/entries.js';
import { PREFIX } from './bucket-world.js';
import { RestoreWorld } from './restore-world.js';

/** More files than may fail in a row. */
const COUNT = 130;
/** The call of the bulk download. */
const BULK = `*" s3 sync s3://test-bucket/${PREFIX} "*`;

async function backUpMany(world: RestoreWorld): Promise<void> {
  for (let number = 0; number < COUNT; number += 1) world.write(`${number}`, `${number}`);
  await world.backUp();
}

test('a restore fetches each file singly that the bulk download does not bring', async (t) => {
  const world = new RestoreWorld(t);
  await backUpMany(world);
  // As on a destination without times, where the AWS CLI's files cannot be told from others.
  world.onCall(
    BULK,
    `${world.aws}; for it; do case "$it" in /proc/*) find "$it" -type f -exec touch -d 2001-01-01 {} +; esac; done; exit 0`,
  );
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.equal(world.fetched().length, COUNT + 1);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
});

test('the bulk download includes archived objects that are readable again', async (t) => {
  const world = new RestoreWorld(t);
  await backUpMany(world);
  // Without the flag, the AWS CLI skips them.
  world.onCall(BULK, 'case "$*" in *--force-glacier-transfer*) ;; *) exit 2;; esac');
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.fetched(), ['*']);
});

test('after a hundred failures in a row, the other files are named, but not tried', async (t) => {
  const world = new RestoreWorld(t);
  await backUpMany(world);
  const words = s3Error('InvalidObjectState', 'GetObject', 'The operation is not valid.').trim();
  world.onCall(
    `${BULK}|*" s3 cp s3://test-bucket/${PREFIX}"*`,
    `echo 'download failed: ${words}' >&2; exit 1`,
  );
  const { code, stderr } = await world.restore();
  assert.equal(code, 1, stderr);
  const tried = world.fetched().length - 1;
  assert.ok(tried >= 100 && tried < COUNT, `${tried}`);
  assert.match(stderr, /ERROR: "0" is not restored: .*The operation is not valid\.\n/);
  assert.match(
    stderr,
    /ERROR: … and 30 more; syslog names them all\.\nHINT: It is archived\..*\nERROR: None of the files/,
  );
  // The message of the first file has the reason; the others refer to it.
  const notTried = world.syslog().filter((line) => line.includes('was not tried again'));
  assert.equal(notTried.length, 1);
  assert.match(
    `${notTried}`,
    /it did not arrive, and 100 files before it failed in a row, so it was not tried again\./,
  );
});

test('more than a hundred failures that are not in a row keep no file from being tried', async (t) => {
  const world = new RestoreWorld(t);
  await backUpMany(world);
  const words = s3Error('InvalidObjectState', 'GetObject', 'The operation is not valid.').trim();
  // One file in ten arrives.
  world.onCall(
    `${BULK}|*" s3 cp s3://test-bucket/${PREFIX}"*`,
    `case "$*" in *0" /"*) ;; *) echo 'download failed: ${words}' >&2; exit 1;; esac`,
  );
  const { code, stderr } = await world.restore();
  assert.equal(code, 3, stderr);
  assert.equal(world.fetched().length - 1, COUNT);
  assert.equal(readdirSync(world.to).length, COUNT / 10);
});

test('without a tree, files whose versions of that time may have expired are counted and named, with exit code 3', async (t) => {
  const world = new RestoreWorld(t);
  const keyHash = createHash('sha256').update(KEY).digest('hex');
  const add = (name: string, body: string | undefined, date: string) =>
    world.bucket.add(
      PREFIX + name,
      body === undefined ? undefined : Buffer.from(body),
      keyHash,
      Date.parse(date),
    );
  add('there', 'then', '2015-01-01');
  add('there', 'later', '2020-01-01');
  add('deleted then', 'x', '2014-01-01');
  add('deleted then', undefined, '2015-01-01');
  add('new or expired', 'x', '2020-01-01');
  add('the same, and deleted', 'x', '2020-01-01');
  add('the same, and deleted', undefined, '2021-01-01');
  add('expired and deleted', undefined, '2021-01-01');
  const { code, stderr } = await world.restore(['--at', '2016-01-01']);
  assert.equal(code, 3, stderr);
  assert.match(
    stderr,
    /\nERROR: 3 files are not restored: the bucket has no version of them as old as that time\. They may be newer, or .*\nRestored 1 file, /,
  );
  assert.deepEqual(readdirSync(world.to), ['there']);
  const named = world.syslog().flatMap((line) => /"(.*)" has no version as old as/.exec(line)?.[1] ?? []);
  assert.deepEqual(named, ['expired and deleted', 'new or expired', 'the same, and deleted']);
});

test('with a tree, a file that the tree lacks did not exist at that time and is not mentioned', async (t) => {
  const world = new RestoreWorld(t);
  world.write('there', 'x');
  await world.backUp();
  const { keyHash } = world.current(`${PREFIX}there`);
  world.bucket.add(`${PREFIX}later`, Buffer.from('x'), keyHash, Date.now() + 60_000);
  const { code, stderr } = await world.restore(['--at', '0 seconds ago']);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^Restoring .*\nRestored 1 file, .*\nSuccess\.\n$/);
});

for (const count of [0, 20]) {
  test(`a link that an earlier run followed is restored as a link, without the objects below it, among ${count} files`, async (t) => {
    const world = new RestoreWorld(t);
    world.write('real/file', 'x');
    for (let number = 0; number < count; number += 1) world.write(`real/${number}`, `${number}`);
    symlinkSync('real', join(world.source, 'link'));
    world.config({ FOLLOW_SYMLINKS: 'yes' });
    await world.backUp();
    const keyHash = world.current(`${PREFIX}link/file`).keyHash;
    world.config({ FOLLOW_SYMLINKS: 'no' });
    await world.sync();
    // The second run may have deleted the object.
    world.bucket.add(`${PREFIX}link/file`, Buffer.from('x'), keyHash, Date.now() - 60_000);
    const { code, stderr } = await world.restore();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /WARNING|ERROR/);
    assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
  });
}

test('a restore makes holes in the current version of a file and in an older one', async (t) => {
  const world = new RestoreWorld(t);
  world.write('image', 'beginning');
  truncateSync(join(world.source, 'image'), 40 << 20);
  world.write('other', 'x');
  await world.backUp();
  const before = new Date().toISOString();
  for (const flags of [[], ['--overwrite', '--at', before]]) {
    // The AWS CLI writes an older version without holes.
    if (flags.length > 0)
      world.bucket.add(
        `${PREFIX}image`,
        Buffer.from('x'),
        world.current(`${PREFIX}image`).keyHash,
        Date.now() + 5000,
      );
    const { code, stderr } = await world.restore(flags);
    assert.equal(code, 0, stderr);
    const { size, blocks } = statSync(join(world.to, 'image'));
    assert.deepEqual([size, blocks * 512 <= 8192], [40 << 20, true], `${blocks}`);
    assert.ok(readFileSync(join(world.to, 'image')).equals(readFileSync(join(world.source, 'image'))));
  }
});

for (const count of [0, 20]) {
  test(`a file that the disk has no room for stops no other of ${count} files, and the exit code is 3`, async (t) => {
    const world = new RestoreWorld(t);
    for (const name of ['large', 'small']) world.write(name, name);
    for (let number = 0; number < count; number += 1) world.write(`${number}`, `${number}`);
    await world.backUp();
    const full = `echo 'download failed: s3://test-bucket/${PREFIX}large to ./large [Errno 28] No space left on device' >&2; exit 1`;
    world.onCall(
      `${BULK}|*" s3://test-bucket/${PREFIX}large "*`,
      `case "$*" in *" sync "*) ${world.aws}; for it; do case "$it" in /proc/*) rm "$it/large"; esac; done;; esac; ${full}`,
    );
    const { code, stderr } = await world.restore();
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /\nERROR: "large" is not restored: no space left on the disk\.\nHINT: Free some space .*\nRestored /,
    );
    assert.deepEqual(readdirSync(world.to).length, count + 1);
  });
}
