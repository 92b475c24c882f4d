// Kept files, which are gone from disk and still in the bucket: the tree marks them, and restores leave them out.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX, TREE } from './bucket-world.js';
import { backUpNumbered, numbered } from './numbered-files.js';
import { screenOf } from './screen.js';

type Members = Readonly<Record<string, unknown>>;

/** The lines of the stored tree: the header, a line for each path, and the totals. */
function tree(world: BucketWorld): { header: Members; end: Members; lines: Map<unknown, Members> } {
  const text = gunzipSync(world.current(TREE).body).toString();
  const all = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Members);
  const [header = {}, end = {}] = [all.at(0), all.at(-1)];
  return { header, end, lines: new Map(all.slice(1, -1).map((it) => [it['path'], it])) };
}

/** A backup of `a`, `d/b` and `d/c` in a bucket whose versioning was turned off, so that deletions wait. */
async function unversionedBackup(t: TestContext, hours = '0'): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.config({ FULL_CHECK_HOURS: hours });
  for (const path of ['a', 'd/b', 'd/c']) world.write(path, path);
  chmodSync(join(world.source, 'd/b'), 0o640);
  assert.equal((await world.sync()).code, 0);
  world.bucket.isVersioned = false;
  return world;
}

function ask(world: BucketWorld, ...words: string[]) {
  const [command = '', ...rest] = words;
  return world.runUnprivileged('encrypted-s3', [command, '--config', world.configFile, ...rest]);
}

for (const hours of ['0', '20']) {
  test(`a deletion that waits is in the tree until it is done, with FULL_CHECK_HOURS=${hours}`, async (t) => {
    const world = await unversionedBackup(t, hours);
    const before = tree(world).lines.get('d/b');
    world.remove('d/b');
    for (const _ of ['once', 'twice']) {
      assert.match((await world.sync()).stderr, /Not deleting 1 object .* versioning is not on/);
      const { header, lines, end } = tree(world);
      assert.deepEqual(lines.get('d/b'), { ...before, kept: true });
      assert.deepEqual([header['version'], end['files'], end['kept']], [2, 2, 1]);
    }
    world.bucket.isVersioned = true;
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.stored(), ['a', 'd/c']);
    const { header, lines, end } = tree(world);
    assert.deepEqual([header['version'], lines.has('d/b'), end['kept']], [1, false, undefined]);
  });
}

test('a restore leaves out kept files, says so, and restores them with --with-kept', async (t) => {
  const world = await unversionedBackup(t);
  world.remove('d/b');
  await world.sync();
  const to = join(world.folder, 'to');
  const plain = await ask(world, 'restore', to);
  assert.equal(plain.code, 0, plain.stderr);
  assert.match(plain.stderr, /Left out 1 file that was gone from disk.*--with-kept/);
  assert.deepEqual([existsSync(join(to, 'd/b')), existsSync(join(to, 'd/c'))], [false, true]);
  const dry = await ask(world, 'restore', '--dry-run', join(world.folder, 'new'));
  assert.match(dry.stdout, /Will create 2 files, replace 0, leave out 1 gone from disk\./);
  const all = await ask(world, 'restore', '--with-kept', to);
  assert.equal(all.code, 0, all.stderr);
  assert.equal(statSync(join(to, 'd/b')).mode & 0o777, 0o640);
  assert.doesNotMatch(all.stderr, /Left out/);
});

test('a kept file gives way to a folder of its name, in a restore of everything and in one of its path', async (t) => {
  const world = await unversionedBackup(t);
  world.remove('a');
  world.write('a/new', 'new');
  assert.match((await world.sync()).stderr, /Not deleting 1 object/);
  const to = join(world.folder, 'to');
  const all = await ask(world, 'restore', '--with-kept', to);
  assert.equal(all.code, 3, all.stderr);
  assert.match(all.stderr, /ERROR: "a" is not restored: a folder is at ".*to\/a"\.\nRestored 3 files/);
  assert.equal(readFileSync(join(to, 'a/new'), 'utf8'), 'new');
  for (const [index, flags] of [[], ['--with-kept']].entries()) {
    const folder = join(world.folder, `folder ${index}`);
    assert.equal((await ask(world, 'restore', ...flags, 'a', folder)).code, 0);
    assert.equal(readFileSync(join(folder, 'new'), 'utf8'), 'new');
  }
});

test('kept files give way to a file that has taken the place of their folder', async (t) => {
  const world = await unversionedBackup(t);
  world.remove('d');
  world.write('d', 'file now');
  assert.match((await world.sync()).stderr, /Not deleting 2 objects/);
  const to = join(world.folder, 'to');
  const all = await ask(world, 'restore', '--with-kept', to);
  assert.equal(all.code, 3, all.stderr);
  assert.match(all.stderr, /ERROR: "d\/b" is not restored: a file is at ".*to\/d"/);
  assert.equal(readFileSync(join(to, 'd'), 'utf8'), 'file now');
});

test('a restore succeeds after a deletion that was done but seemed to fail, and --with-kept names the file', async (t) => {
  const world = await unversionedBackup(t);
  world.bucket.isVersioned = true;
  world.remove('d/b');
  world.onCall('*delete-objects*', `${world.aws} >/dev/null; echo 'Could not connect' >&2; exit 255`);
  assert.equal((await world.sync()).code, 3);
  world.onCall();
  assert.deepEqual([world.stored(), tree(world).lines.get('d/b')?.['kept']], [['a', 'd/c'], true]);
  assert.equal((await ask(world, 'restore', join(world.folder, 'to'))).code, 0);
  const all = await ask(world, 'restore', '--with-kept', join(world.folder, 'all'));
  assert.equal(all.code, 3);
  assert.match(all.stderr, /ERROR: "d\/b" is not restored: the tree has it, but the bucket does not\./);
  assert.equal((await world.sync()).code, 0);
  assert.equal(tree(world).lines.has('d/b'), false);
});

test('a kept file that reappears unchanged is sent again, since its object may be another one', async (t) => {
  const world = await unversionedBackup(t, '20');
  const away = join(world.folder, 'away');
  renameSync(join(world.source, 'd'), away);
  await world.sync();
  world.put(`${PREFIX}d/b`, 'x/y', 'Another0Key1of2the3same4length56');
  renameSync(away, join(world.source, 'd'));
  assert.equal((await world.sync()).code, 0);
  assert.equal(world.current(`${PREFIX}d/b`).body.toString(), 'd/b');
});

test('a restore includes a file that was uploaded after the tree in which it is kept', async (t) => {
  const world = await unversionedBackup(t);
  world.remove('d/b');
  await world.sync();
  world.bucket.add(
    `${PREFIX}d/b`,
    Buffer.from('again'),
    world.current(`${PREFIX}a`).keyHash,
    Date.now() + 5000,
  );
  const to = join(world.folder, 'to');
  assert.equal((await ask(world, 'restore', to)).code, 0);
  assert.equal(readFileSync(join(to, 'd/b'), 'utf8'), 'again');
});

test('ls and find mark kept files, and diff shows them as gone', async (t) => {
  const world = await unversionedBackup(t);
  world.remove('d/b');
  await world.sync();
  assert.equal((await ask(world, 'ls', 'd')).stdout, 'd/b\tkept\nd/c\n');
  assert.match((await ask(world, 'ls', '--long', 'd/b')).stdout, /\td\/b\tkept\n$/);
  assert.match((await ask(world, 'find', 'd/b')).stdout, /\td\/b\tkept\n$/);
  const [, line = ''] = (await ask(world, 'ls', '--json', 'd/b')).stdout.split('\n');
  assert.equal(JSON.parse(line).kept, true);
  const [first] = world.bucket.versions().filter(({ key }) => key === TREE);
  Object.assign(first ?? {}, { time: Date.now() - 86_400_000 });
  assert.match((await ask(world, 'diff', '1h ago')).stdout, /^-\td\/b$/m);
});

test('ls names on a terminal the folders that are gone from disk, with files that the bucket keeps', async (t) => {
  const world = await unversionedBackup(t);
  rmSync(join(world.source, 'd'), { recursive: true });
  await world.sync();
  const { left } = await screenOf(world, ['ls', '--config', world.configFile]);
  assert.equal(
    left,
    'a\r\nGone from disk, with files that the bucket keeps: "d/". --recursive lists them.\r\n',
  );
  assert.equal((await ask(world, 'ls', '--recursive')).stdout, 'a\nd/b\tkept\nd/c\tkept\n');
});

test('excluded files that the bucket has are kept, and backed up again once they are not excluded', async (t) => {
  const world = new BucketWorld(t);
  const settings = { FULL_CHECK_HOURS: '20' };
  world.config(settings);
  for (const path of ['a', 'd/b']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  appendFileSync(world.config(settings), "EXCLUDE=('d/*')\n");
  for (const flags of [[], ['--full'], []]) {
    assert.equal((await world.sync(flags)).code, 0);
    assert.equal(tree(world).lines.get('d/b')?.['kept'], true);
  }
  const trees = () => world.bucket.versions().filter(({ key }) => key === TREE).length;
  assert.equal(trees(), 2);
  world.config(settings);
  assert.equal((await world.sync()).code, 0);
  assert.equal(tree(world).lines.get('d/b')?.['kept'], undefined);
});

test('kept files neither make the guard refuse a run nor let more deletions pass', async (t) => {
  const world = new BucketWorld(t);
  await backUpNumbered(world, 100);
  world.bucket.isVersioned = false;
  world.remove(...numbered(100).slice(0, 60));
  await world.sync(['--allow-mass-delete']);
  assert.equal(tree(world).end['kept'], 60);
  world.write('new', 'new');
  assert.equal((await world.sync()).code, 0);
  assert.ok(world.stored().includes('new'));
  world.bucket.isVersioned = true;
  const refused = await world.sync();
  assert.equal(refused.code, 4, refused.stderr);
  assert.match(refused.stderr, /60 of the 101 files in the backup are gone/);
});

test('the tree drops a kept file whose object is gone from the bucket', async (t) => {
  const world = await unversionedBackup(t);
  world.remove('d/b');
  await world.sync();
  world.bucket.add(`${PREFIX}d/b`, undefined);
  assert.equal((await world.sync()).code, 0);
  assert.equal(tree(world).lines.has('d/b'), false);
});

for (const hours of ['0', '20']) {
  test(`files in a folder that cannot be read keep their lines, with FULL_CHECK_HOURS=${hours}`, async (t) => {
    const world = new BucketWorld(t);
    world.config({ FULL_CHECK_HOURS: hours });
    for (const path of ['a', 'd/b', 'd/e/c']) world.write(path, path);
    chmodSync(join(world.source, 'd/b'), 0o640);
    assert.equal((await world.sync()).code, 0);
    const before = tree(world).lines;
    chmodSync(join(world.source, 'd'), 0);
    for (const _ of ['once', 'twice']) {
      assert.equal((await world.sync()).code, 3);
      const { lines, header } = tree(world);
      for (const path of ['d/b', 'd/e/c'])
        assert.deepEqual(lines.get(path), { ...before.get(path), unproven: true });
      assert.equal(header['version'], 1);
    }
    const to = join(world.folder, 'to');
    const restored = await ask(world, 'restore', to);
    assert.equal(restored.code, 0, restored.stderr);
    assert.equal(statSync(join(to, 'd/b')).mode & 0o777, 0o640);
    chmodSync(join(world.source, 'd'), 0o755);
    rmSync(join(world.source, 'd/b'));
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.stored(), ['a', 'd/e/c']);
    assert.equal(tree(world).lines.get('d/e/c')?.['unproven'], undefined);
  });
}

test('the tree of a later version is refused, and named', async (t) => {
  const world = await unversionedBackup(t);
  const text = gunzipSync(world.current(TREE).body).toString().replace('"version":1', '"version":3');
  world.put(TREE, gzipSync(text), KEY);
  mkdirSync(join(world.folder, 'to'));
  const { code, stderr } = await ask(world, 'restore', join(world.folder, 'to'));
  assert.equal(code, 1);
  assert.match(stderr, /has version 3, which this program does not know\.\n.*update this one/);
});
