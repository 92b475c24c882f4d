import assert from 'node:assert/strict';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { entriesOf } from '../s3/entries.js';
import { PREFIX } from './bucket-world.js';
import { fill, MANY, RestoreWorld } from './restore-world.js';

const NOBODY = 65534;
/** Starts a program as a user other than root, who may read the program and the fakes. */
const AS_ANOTHER_USER =
  process.getuid?.() === 0
    ? [
        'setpriv',
        `--reuid=${NOBODY}`,
        `--regid=${NOBODY}`,
        '--clear-groups',
        ...onlyCapability('dac_read_search'),
      ]
    : [];

function onlyCapability(name: string): string[] {
  return ['bounding-set', 'inh-caps', 'ambient-caps'].map((set) => `--${set}=-all,+${name}`);
}

for (const count of [0, MANY]) {
  test(`a small tree is restored with its metadata ${count === 0 ? 'file by file' : 'in bulk'}`, async (t) => {
    const world = new RestoreWorld(t);
    fill(world, count);
    await world.backUp();
    const { code, stdout, stderr } = await world.restore();
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      new RegExp(
        `^Restoring s3://test-bucket/pc/docs/ from the run of .*: ${count + 2} files, .* to download\\.\\.\\.\nRestored ${count + 2} files, ${count === 0 ? 3 : 4} folders, 1 link\\.\nSuccess\\.\n$`,
      ),
    );
    assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
    assert.deepEqual(world.fetched().includes('*'), count > 0);
    assert.deepEqual(readdirSync(world.tmp), []);
  });
}

test('--overwrite fetches only files that differ, even in a folder that its owner may not write to', async (t) => {
  const world = new RestoreWorld(t);
  fill(world, MANY);
  await world.backUp();
  assert.equal((await world.restore()).code, 0);
  assert.equal((await world.restore()).code, 1);
  const kept = lstatSync(join(world.to, 'many/0')).ino;
  chmodSync(join(world.to, 'd/deep'), 0o700);
  writeFileSync(join(world.to, 'd/deep/file'), 'changed by somebody');
  chmodSync(join(world.to, 'd/deep'), 0o500);
  chmodSync(join(world.to, 'top'), 0o777);
  const { code, stderr } = await world.restore(['--overwrite']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.fetched(), ['d/deep/file']);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
  assert.equal(lstatSync(join(world.to, 'many/0')).ino, kept);
});

test('the AWS CLI sets the times of files in UTC, since it is an hour off in some zones', async (t) => {
  const world = new RestoreWorld(t);
  fill(world, MANY);
  await world.backUp();
  world.onCall('*\\ s3\\ *fileb:*', '[ "$TZ" = UTC ] || exit 9');
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.fetched(), ['*']);
});

test('many files with names of the maximum length are restored', async (t) => {
  const world = new RestoreWorld(t);
  for (let number = 100; number < 210; number += 1) world.write(`${number}${'é'.repeat(126)}`, `${number}`);
  for (let number = 0; number < MANY; number += 1) world.write(`${number}`, `${number}`);
  await world.backUp();
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
});

test('a restore ignores the markers that the web console makes for folders', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  world.put(PREFIX, '');
  world.put(`${PREFIX}marked/`, '');
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /WARNING/);
  assert.deepEqual(readdirSync(join(world.to, 'marked')), []);
});

function withoutOwners(folder: string): [string, string][] {
  return Object.entries(entriesOf(folder)).map(([path, it]) => [path, it.replace(/ \d+:\d+ /, ' ')]);
}

test('a restore by an ordinary user sets modes and times, and does not mention owners', async (t) => {
  // Other users cannot enter the tests' own TMPDIR.
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/tmp';
  const world = new RestoreWorld(t);
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  chmodSync(world.folder, 0o755);
  fill(world);
  chmodSync(join(world.source, 'top'), 0o4604);
  if (process.getuid?.() === 0) chownSync(join(world.source, 'd/deep/file'), 1234, 1234);
  await world.backUp();
  chmodSync(join(world.source, 'top'), 0o604);
  if (process.getuid?.() === 0) {
    for (const folder of [world.home, world.tmp]) chownSync(folder, NOBODY, NOBODY);
  }
  const { code, stderr } = await world.restore([], { as: AS_ANOTHER_USER });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^Restoring .*\nRestored 2 files, 3 folders, 1 link\.\nSuccess\.\n$/);
  assert.deepEqual(withoutOwners(world.to), withoutOwners(world.source));
  assert.equal(lstatSync(join(world.to, 'd/deep/file')).uid, lstatSync(world.home).uid);

  // The files in this read-only folder are replaced, too.
  chmodSync(join(world.to, 'd/deep'), 0o700);
  writeFileSync(join(world.to, 'd/deep/file'), 'changed by somebody');
  chmodSync(join(world.to, 'd/deep'), 0o500);
  const again = await world.restore(['--overwrite'], { as: AS_ANOTHER_USER });
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(withoutOwners(world.to), withoutOwners(world.source));
});

test('root without the right to set owners sets everything else, without setuid', {
  skip: process.getuid?.() !== 0 && 'only root gives owners',
}, async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  chownSync(join(world.source, 'top'), 1234, 1234);
  chmodSync(join(world.source, 'top'), 0o4604);
  await world.backUp();
  const as = ['setpriv', '--bounding-set=-chown'];
  const { code, stderr } = await world.restore(['--keep-setid'], { as });
  assert.equal(code, 3);
  assert.match(
    stderr,
    /\nERROR: "top" is restored, but not its owner and mode as they were: not permitted\.\nRestored 2 files/,
  );
  assert.equal(lstatSync(join(world.to, 'top')).mode & 0o7777, 0o604);
});

test('a destination may be relative, end in a slash, be a link to a folder, or be the current folder', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  mkdirSync(join(world.home, 'empty'));
  mkdirSync(join(world.home, 'here'));
  symlinkSync('empty', join(world.home, 'link'));
  for (const [destination, cwd, place] of [
    ['new/folder/', world.home, 'new/folder'],
    ['./-dash', world.home, '-dash'],
    [join(world.home, 'link/'), world.folder, 'empty'],
    ['.', join(world.home, 'here'), 'here'],
    ['new\nline', world.home, 'new\nline'],
  ] as const) {
    const { code, stderr } = await world.restore([], { words: [destination], cwd });
    assert.equal(code, 0, stderr);
    assert.deepEqual(entriesOf(join(world.home, place)), entriesOf(world.source), destination);
  }
});

test('the user names a folder of the backup by its path on disk', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  for (const [at, folder] of [`${world.source}/d/`, './d', 'empty/../d'].entries()) {
    const to = join(world.home, `${at}`);
    const { code, stderr } = await world.restore([], { words: [folder, to] });
    assert.equal(code, 0, stderr);
    assert.deepEqual(entriesOf(to), entriesOf(join(world.source, 'd')));
  }
});
