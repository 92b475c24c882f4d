// The content of a file that is gone may be behind a name whose file the run can't store. Its object then stays.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX, UPLOAD } from './bucket-world.js';

/** Ways of the file at `old` to `to`, which is another file of the last tree. */
const WAYS: Readonly<Record<string, (old: string, to: string) => void>> = {
  renamed: renameSync,
  copied: (old, to) => {
    writeFileSync(to, readFileSync(old));
    rmSync(old);
  },
  // The inode may get the number of the one that was removed.
  replaced: (old, to) => {
    rmSync(to);
    copyFileSync(old, to);
    rmSync(old);
  },
  linked: (old, to) => {
    rmSync(to);
    linkSync(old, to);
    rmSync(old);
  },
};

const [OLD, NEW] = ['old', 'new'];
const TOO_LARGE = 'An error occurred (EntityTooLarge) when calling the PutObject operation: x';

/** Why the file at `path`, which is `NEW`, is not stored, and the flags of the first run. */
const FAILURES: Readonly<Record<string, (world: BucketWorld, path: string) => string[]>> = {
  'cannot be read': (_, path) => {
    chmodSync(path, 0);
    return [];
  },
  'cannot be opened after the scan': (world, path) => {
    // They fill the first batch.
    for (let number = 0; number < 10; number += 1) world.write(`a/${number}`, 'new');
    world.onCall(UPLOAD, `chmod 0 ${path}`);
    return ['--full'];
  },
  'is refused by the server': (world) => {
    world.faults.failPut(PREFIX + NEW, TOO_LARGE);
    return [];
  },
  'is lost by the server': (world) => {
    world.onCall(UPLOAD, 'exit 0');
    return ['--full'];
  },
};

for (const [way, bring] of Object.entries(WAYS))
  for (const [failure, prevent] of Object.entries(FAILURES))
    for (const followSymlinks of way === 'renamed' ? ['no', 'yes'] : ['no'])
      test(`an object stays if its file was ${way} to a name whose file ${failure}, with FOLLOW_SYMLINKS=${followSymlinks}`, async (t) => {
        const world = new BucketWorld(t);
        world.config({ FULL_CHECK_HOURS: '20', FOLLOW_SYMLINKS: followSymlinks });
        for (const path of ['keep', NEW, OLD]) world.write(path, `${path} ${path}`);
        world.write(OLD, `the older ${OLD}`);
        assert.equal((await world.sync()).code, 0);
        const at = (name: string) => join(world.source, name);
        bring(at(OLD), at(NEW));
        let flags = prevent(world, at(NEW));
        for (const run of ['first', 'second']) {
          const { code, stderr } = await world.sync(flags);
          assert.equal(code, 3, `${run}: ${stderr}`);
          assert.match(stderr, /: Not deleting 1 object/);
          assert.ok(world.stored().includes(OLD), stderr);
          flags = [];
        }
      });

test('an unreadable file without an object keeps the objects of files that are gone', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['closed', 'gone', 'keep']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  chmodSync(join(world.source, 'closed'), 0);
  world.bucket.add(`${PREFIX}closed`, undefined);
  world.remove('gone');
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.match(stderr, /WARNING: Not deleting 1 object .* 1 place is not in the bucket: unreadable/);
  assert.deepEqual(world.stored(), ['gone', 'keep']);
});

/** The log at `source/log` is written during each upload. */
function writeLogDuringUploads(world: BucketWorld): void {
  world.onCall('*" s3 "*', `${world.aws}; code=$?; date +%N >> '${join(world.source, 'log')}'; exit $code`);
}

for (const [when, first] of [
  ['in the first run', ['d/f', 'gone', 'log']],
  ['in a later run', ['d/f', 'gone']],
] as const)
  test(`a log that is new ${when}, and written during all uploads, keeps no objects of files that are gone later`, async (t) => {
    const world = new BucketWorld(t);
    for (const path of first) world.write(path, path);
    if (first.length === 2) assert.equal((await world.sync()).code, 0);
    world.write('log', 'log');
    world.makeBucket();
    world.put(`${PREFIX}d/`, '', KEY);
    writeLogDuringUploads(world);
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /log" is not in the backup as it is: it changed while it was uploaded/);
    world.remove('gone');
    const next = await world.sync();
    assert.equal(next.code, 3, next.stderr);
    assert.doesNotMatch(next.stderr, /Not deleting/);
    assert.deepEqual(world.stored(), ['d/', 'd/f', 'log']);
  });

test('a file that is gone keeps its object while it may be a new log that is written during all uploads', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['gone', 'keep']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  renameSync(join(world.source, 'gone'), join(world.source, 'log'));
  writeLogDuringUploads(world);
  for (let run = 0; run < 3; run += 1) {
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /: Not deleting 1 object/);
    assert.deepEqual(world.stored(), ['gone', 'keep', 'log']);
  }
  world.onCall();
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['keep', 'log']);
});

test('an object stays when its file is gone and a log that is written during all uploads was its second name', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['gone', 'keep']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  linkSync(join(world.source, 'gone'), join(world.source, 'log'));
  writeLogDuringUploads(world);
  assert.equal((await world.sync()).code, 3);
  world.remove('gone');
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.match(stderr, /: Not deleting 1 object/);
  assert.deepEqual(world.stored(), ['gone', 'keep', 'log']);
});

test('a log that is written during all uploads is in the tree only if it is in the bucket', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['keep', 'log']) world.write(path, path);
  const isInTree = () => gunzipSync(readFileSync(world.treeCopy)).toString().includes('"log"');
  world.faults.failPut(`${PREFIX}log`, TOO_LARGE);
  writeLogDuringUploads(world);
  assert.equal((await world.sync()).code, 3);
  assert.deepEqual([world.stored(), isInTree()], [['keep'], false]);
  world.faults.failPut(`${PREFIX}log`, TOO_LARGE, 0);
  assert.equal((await world.sync()).code, 3);
  assert.deepEqual([world.stored(), isInTree()], [['keep', 'log'], true]);
});
