import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openStateFolder } from '../../lib/records/state-folder.js';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, TREE } from './bucket-world.js';

/** Backs up two files, and runs again without changes. */
async function backedUp(world: BucketWorld): Promise<void> {
  world.write('a', 'a');
  world.write('d/b', 'b');
  assert.equal((await world.sync()).code, 0);
}

const treeInBucket = (world: BucketWorld) => world.current(TREE).body;

test('only the owner can read the copy of the tree, and the next run need not download the tree', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  const { mode } = statSync(world.treeCopy);
  assert.equal(mode & 0o7777, 0o600);
  assert.equal(statSync(world.stateFolder).mode & 0o7777, 0o700);
  assert.match(
    world.treeCopy,
    /^.*\/home\/\.local\/state\/encrypted-s3-backup\/[0-9a-f]{16}\/tree\.ndjson\.gz$/,
  );
  assert.deepEqual(readFileSync(world.treeCopy), treeInBucket(world));
  assert.deepEqual(readdirSync(world.stateFolder), ['tree.ndjson.gz']);

  const count = world.bucket.versions().length;
  assert.equal((await world.sync()).code, 0);
  assert.equal(world.treeDownloads(), 0);
  assert.deepEqual(world.changesSince(count), []);
  assert.deepEqual(readFileSync(world.treeCopy), treeInBucket(world));
});

test('XDG_STATE_HOME names the place of the state folder, unless it is relative', async (t) => {
  const world = new BucketWorld(t);
  world.write('a', 'a');
  const state = join(world.folder, 'state');
  assert.equal((await world.sync([], { XDG_STATE_HOME: state })).code, 0);
  assert.ok(!existsSync(world.stateHome));
  const [name = ''] = readdirSync(join(state, 'encrypted-s3-backup'));
  assert.deepEqual(
    readFileSync(join(state, 'encrypted-s3-backup', name, 'tree.ndjson.gz')),
    treeInBucket(world),
  );
  assert.equal((await world.sync([], { XDG_STATE_HOME: 'state' })).code, 0);
  assert.deepEqual(readFileSync(world.treeCopy), treeInBucket(world));
});

const SPOILED: Readonly<Record<string, (world: BucketWorld, older: Buffer) => void>> = {
  lost: (world) => rmSync(world.treeCopy),
  truncated: (world) => writeFileSync(world.treeCopy, readFileSync(world.treeCopy).subarray(0, -20)),
  empty: (world) => writeFileSync(world.treeCopy, ''),
  foreign: (world, older) => writeFileSync(world.treeCopy, older),
};

for (const [what, spoil] of Object.entries(SPOILED)) {
  test(`if the copy of the tree is ${what}, the next run downloads the tree once, with the same result`, async (t) => {
    const world = new BucketWorld(t);
    await backedUp(world);
    const older = readFileSync(world.treeCopy);
    world.write('c', 'c');
    assert.equal((await world.sync()).code, 0);
    spoil(world, older);
    world.remove('a');
    world.write('e', 'e');
    const count = world.bucket.versions().length;
    assert.equal((await world.sync()).code, 0);
    assert.equal(world.treeDownloads(), 1);
    assert.deepEqual(world.changesSince(count), ['e', '-a']);
    assert.deepEqual(readFileSync(world.treeCopy), treeInBucket(world));
  });
}

test('only the owner can read a copy that a run without changes has downloaded', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  rmSync(world.treeCopy);
  assert.equal((await world.sync()).code, 0);
  assert.equal(world.treeDownloads(), 1);
  assert.equal(statSync(world.treeCopy).mode & 0o7777, 0o600);
});

const TREES: Readonly<Record<string, (world: BucketWorld) => void>> = {
  missing: (world) => world.bucket.add(TREE, undefined),
  garbage: (world) => world.put(TREE, 'garbage', KEY),
  empty: (world) => world.put(TREE, '', KEY),
  torn: (world) => world.put(TREE, treeInBucket(world).subarray(0, -20), KEY),
  'without an end': (world) => {
    const lines = gunzipSync(treeInBucket(world)).toString('utf8').split('\n');
    world.put(TREE, gzipSync(lines.slice(0, -2).join('\n')), KEY);
  },
};

for (const [what, spoil] of Object.entries(TREES)) {
  test(`a run uses the listing if the tree in the bucket is ${what}`, async (t) => {
    const world = new BucketWorld(t);
    await backedUp(world);
    spoil(world);
    rmSync(world.treeCopy);
    world.remove('a');
    world.write('e', 'e');
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.stored(), ['d/b', 'e']);
    assert.deepEqual(readFileSync(world.treeCopy), treeInBucket(world));
    assert.match(gunzipSync(readFileSync(world.treeCopy)).toString('utf8'), /"end":true,"files":2,/);
  });
}

test('a run downloads the tree if a folder has the name of the copy', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  rmSync(world.treeCopy);
  mkdirSync(join(world.treeCopy, 'x'), { recursive: true });
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.equal(world.treeDownloads(), 1);
});

for (const number of [4, 5, 6]) {
  test(`a run whose folder is removed at call ${number} says so and ends with exit code 1`, async (t) => {
    const world = new BucketWorld(t);
    await backedUp(world);
    world.write('a', 'A');
    world.remove('d');
    world.faults.set({
      at: 'call',
      number,
      what: 'change',
      change: () => rmSync(world.stateHome, { recursive: true }),
    });
    const { code, stderr } = await world.sync();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /ERROR: (?:The run can't use its folder|Can't write the temporary file) .*no such file or folder\./,
    );
    world.faults.set(undefined);
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.stored(), ['a']);
  });
}

test('the tree of a later version ends the run with exit code 1 and the advice to update, and nothing is changed', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  const text = gunzipSync(treeInBucket(world)).toString('utf8');
  world.put(TREE, gzipSync(text.replace('"version":1', '"version":3')), KEY);
  rmSync(world.treeCopy);
  world.write('new', 'new');
  const before = world.bucket.versions();
  const { code, stderr } = await world.sync();
  assert.equal(code, 1);
  assert.match(stderr, /ERROR: The tree file .* has version 3.*\n.*HINT: .*update this one/);
  assert.deepEqual(world.bucket.versions(), before);
});

test('a run without a state folder works, and leaves nothing behind', async (t) => {
  const world = new BucketWorld(t);
  world.write('a', 'a');
  for (const downloads of [0, 1]) {
    assert.equal((await world.sync([], { XDG_STATE_HOME: '/dev/null/none' })).code, 0);
    assert.equal(world.treeDownloads(), downloads);
    assert.deepEqual([readdirSync(world.tmp), readdirSync(world.home)], [[], []]);
  }
  assert.deepEqual(world.stored(), ['a']);
});

test('a run removes the folder of a killed run, and nothing else', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world);
  world.write('c', 'c');
  world.faults.set({ at: 'put', number: 1, what: 'kill the command' });
  const { signal, stderr } = await world.sync();
  assert.equal(signal, 'SIGKILL', stderr);
  const left = readdirSync(world.stateFolder).filter((name) => /^run-\d+-\d+-/.test(name));
  assert.equal(left.length, 1);

  world.faults.set(undefined);
  rmSync(`${world.lock}.lock`, { recursive: true, force: true });
  const { runFolder } = openStateFolder(
    { endpointUrl: undefined, bucket: 'b', prefix: '', environment: { HOME: join(world.folder, 'other') } },
    true,
  );
  const living = basename(runFolder);
  for (const name of [living, 'run-999999999-abcdef', `run-${process.pid}-abcdef`])
    mkdirSync(join(world.stateFolder, name));
  assert.equal((await world.sync(['--wait', '20'])).code, 0);
  assert.deepEqual(readdirSync(world.stateFolder).sort(), [living, 'tree.ndjson.gz']);
  assert.deepEqual(world.stored(), ['a', 'c', 'd/b']);
});

test('a home directory is backed up without the copies and notes in it', async (t) => {
  const world = new BucketWorld(t);
  world.config({ LOCAL_DIR: world.home });
  mkdirSync(join(world.home, '.local/state'), { recursive: true });
  writeFileSync(join(world.home, '.local/state/other'), 'other');
  for (const _ of [1, 2]) {
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assert.ok(existsSync(world.treeCopy));
    assert.deepEqual(world.stored(), ['.local/state/other']);
  }
});

test('the stage of an interrupted restore in LOCAL_DIR is neither backed up nor counted as gone', async (t) => {
  const world = new BucketWorld(t);
  world.write('a', 'a');
  world.write('d/b', 'b');
  assert.equal((await world.sync()).code, 0);
  for (const name of ['.encrypted-s3-restore-0123abcd/bulk/c', 'd/.encrypted-s3-restore-0123abcd/bulk/c'])
    world.write(name, 'c');
  world.write('d/encrypted-s3-restore-me', 'e');
  const { stdout } = await world.sync(['--dry-run']);
  assert.match(stdout, /encrypted-s3-restore-me/);
  assert.doesNotMatch(stdout, /0123abcd/);
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['a', 'd/b', 'd/encrypted-s3-restore-me']);
});
