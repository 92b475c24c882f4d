// `encrypted-s3 restore` of a file, a folder, or everything.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EASY_KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, PREFIX } from './bucket-world.js';
import { threeRuns } from './history-world.js';

const LETTER = 'letters/Frau Müller.txt';

async function backedUp(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', LETTER, 'letters/2025/b']) world.write(path, `content of ${path}`);
  chmodSync(join(world.source, LETTER), 0o640);
  assert.equal((await world.sync()).code, 0);
  mkdirSync(join(world.folder, 'to'));
  return world;
}

const to = (world: BucketWorld, path = '') => join(world.folder, 'to', path);

function restore(world: BucketWorld, ...words: string[]) {
  return world.runUnprivileged('encrypted-s3', ['restore', '--config', world.configFile, ...words]);
}

test('a file is restored with its mode and mtime, to a folder or to a new name', async (t) => {
  const world = await backedUp(t);
  const first = await restore(world, LETTER, to(world));
  assert.equal(first.code, 0, first.stderr);
  const { mode, mtimeMs } = statSync(to(world, 'Frau Müller.txt'));
  assert.deepEqual([mode & 0o777, mtimeMs], [0o640, Date.parse('2020-02-02T02:02:02Z')]);
  const onDisk = join(world.source, 'a');
  assert.equal((await restore(world, onDisk, to(world, 'renamed'))).code, 0);
  assert.equal(readFileSync(to(world, 'renamed'), 'utf8'), 'content of a');
});

test('a single file gets its holes back on a disk with no room for zeros in their place', async (t) => {
  const world = await backedUp(t);
  world.write('image', 'beginning');
  truncateSync(join(world.source, 'image'), 20 << 20);
  assert.equal((await world.sync()).code, 0);
  const { code, stderr } = await restore(world, 'image', to(world));
  assert.equal(code, 0, stderr);
  assert.ok(statSync(to(world, 'image')).blocks * 512 <= 8192);
  assert.ok(world.awsCalls().some((call) => call.includes(` s3 cp s3://test-bucket/${PREFIX}image - `)));
  assert.ok(readFileSync(to(world, 'image')).equals(readFileSync(join(world.source, 'image'))));
});

test('a single file can be restored to standard output', async (t) => {
  const world = await backedUp(t);
  const { code, stdout } = await restore(world, LETTER, '-');
  assert.deepEqual([code, stdout], [0, `content of ${LETTER}`]);
  const folder = await restore(world, 'letters', '-');
  assert.match(folder.stderr, /"letters" is not a file of the backup.*\nHINT: encrypted-s3 find --all /);
  const two = await restore(world, 'a', LETTER, '-');
  assert.match(two.stderr, /Only one file can be restored to standard output/);
});

test("a single file's destination that is empty or can't be looked at is refused", async (t) => {
  const world = await backedUp(t);
  symlinkSync('loop', to(world, 'loop'));
  mkdirSync(to(world, 'closed'), { mode: 0o600 });
  writeFileSync(to(world, 'file'), '');
  for (const [destination, why] of [
    [to(world, 'closed'), 'permission denied'],
    [to(world, 'file/a'), 'a part of the path is not a folder'],
    [to(world, 'loop'), 'links lead in a circle'],
    [to(world, 'n'.repeat(256)), 'the name is too long'],
  ] as const) {
    const { code, stderr } = await restore(world, 'a', destination);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^ERROR: "${destination}.*" can't be written to: ${why}\\.\nHINT: `));
  }
  const { code, stderr } = await restore(world, 'a', '');
  assert.equal(code, 1);
  assert.match(stderr, /^ERROR: The destination is empty/);
});

test('a folder, several paths, and the whole backup are restored', async (t) => {
  const world = await backedUp(t);
  assert.equal((await restore(world, 'letters', to(world, 'folder'))).code, 0);
  assert.equal(readFileSync(to(world, 'folder/2025/b'), 'utf8'), 'content of letters/2025/b');
  assert.equal((await restore(world, to(world, 'all'))).code, 0);
  assert.equal(readFileSync(to(world, `all/${LETTER}`), 'utf8'), `content of ${LETTER}`);
  const several = await restore(world, 'a', 'letters/2025', to(world, 'several'));
  assert.equal(several.code, 0, several.stderr);
  assert.equal(readFileSync(to(world, 'several/letters/2025/b'), 'utf8'), 'content of letters/2025/b');
  assert.equal(readFileSync(to(world, 'several/a'), 'utf8'), 'content of a');
});

test('a single word that is a path of the backup is no destination, unless it is a folder here or begins with ./', async (t) => {
  const world = await backedUp(t);
  const restoreTo = (destination: string) =>
    world.runUnprivileged('encrypted-s3', ['restore', '--config', world.configFile, destination], {
      cwd: to(world),
    });
  for (const word of ['letters', 'letters/', 'a', LETTER]) {
    const { code, stderr } = await restoreTo(word);
    const path = word.replace(/\/$/, '');
    const quoted = path === LETTER ? `'${path}'` : path;
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^ERROR: "${path}" is in the backup: `, 'm'));
    const commands = [`${quoted} DESTINATION`, `${quoted.replace(/^'?/, '$&./')}\n`];
    assert.ok(stderr.includes(commands.map((it) => `encrypted-s3 restore ${it}`).join(', or ')), stderr);
    assert.deepEqual(readdirSync(to(world)), []);
  }
  assert.equal(world.awsCalls().filter((call) => call.includes(' list-object')).length, 0);
  for (const destination of ['new', './letters', 'letters']) {
    const { code, stderr } = await restoreTo(destination);
    assert.equal(code, 0, stderr);
    assert.equal(readFileSync(to(world, `${destination}/a`), 'utf8'), 'content of a');
  }
});

test('an empty folder is restored by its path, alone or as one of several', async (t) => {
  const world = await backedUp(t);
  const empty = join(world.source, 'letters/empty');
  mkdirSync(empty);
  assert.equal((await world.sync()).code, 0);
  const alone = await restore(world, 'letters/empty', to(world, 'alone'));
  assert.equal(alone.code, 0, alone.stderr);
  assert.deepEqual(readdirSync(to(world, 'alone')), []);
  const several = await restore(world, 'letters/empty', 'a', to(world, 'several'));
  assert.equal(several.code, 0, several.stderr);
  assert.deepEqual(readdirSync(to(world, 'several/letters/empty')), []);
  rmSync(empty, { recursive: true });
  assert.equal((await world.sync()).code, 0);
  assert.match((await restore(world, 'letters/empty', to(world, 'x'))).stderr, /There is nothing below/);
});

test('a link is restored with its folder, and its path alone is refused', async (t) => {
  const world = await threeRuns(t);
  const { code, stderr } = await restore(world, 'link', to(world));
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^ERROR: "link" is a link to "a"\.\nHINT: .*: encrypted-s3 restore --include link DESTINATION$/m,
  );
  const included = await restore(world, '--include', 'link', to(world));
  assert.equal(included.code, 0, included.stderr);
  assert.deepEqual([readdirSync(to(world)), readlinkSync(to(world, 'link'))], [['link'], 'a']);
});

test('a path that is not in the backup, or not in LOCAL_DIR, is refused', async (t) => {
  const world = await backedUp(t);
  const missing = await restore(world, 'nothing', to(world, 'x'));
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /There is nothing below s3:\/\/test-bucket\/pc\/docs\/nothing\//);
  const outside = await restore(world, '/etc/passwd', to(world, 'x'));
  assert.match(outside.stderr, /is not in LOCAL_DIR/);
});

test('a restore of a backup of the original scripts, which has no tree, brings its files', async (t) => {
  const world = await backedUp(t);
  for (const { key, id } of world.bucket.versions())
    if (key.startsWith('backup.info/runs/')) world.bucket.removeVersion(key, id);
  const { code, stderr } = await restore(world, 'a', to(world));
  assert.equal(code, 0, stderr);
  assert.equal(readFileSync(to(world, 'a'), 'utf8'), 'content of a');
});

test('--escrow finds the only backup of a bucket, and names them if there are several', async (t) => {
  const world = await backedUp(t);
  const uploaded = await world.run('encrypted-s3-upload-key', [world.configFile], {
    input: `\n${EASY_KEY}\n\nyes\n`,
  });
  assert.equal(uploaded.code, 0, uploaded.stderr);
  const from = ['restore', '--escrow', 'default', 'eu-central-1', 's3://test-bucket'];
  const options = { input: `${EASY_KEY}\n` };
  const only = await world.run('encrypted-s3', [...from, to(world, 'all')], options);
  assert.equal(only.code, 0, only.stderr);
  assert.equal(readFileSync(to(world, 'all/a'), 'utf8'), 'content of a');
  world.put('backup.info/runs/other/last-run.json', 'x', OTHER_KEY);
  const several = await world.run('encrypted-s3', [...from, to(world, 'again')], options);
  assert.equal(several.code, 1);
  assert.match(several.stderr, /The bucket has 2 backups:\n.*1 {2}other\/ .*\n.*2 {2}pc\/docs\/ /);
});

/** A destination with an unchanged file, an older one, a newer one, and one that the backup lacks. */
async function folderInUse(t: TestContext): Promise<BucketWorld> {
  const world = await backedUp(t);
  world.write('b', 'content of b');
  assert.equal((await world.sync()).code, 0);
  assert.equal((await restore(world, to(world, 'all'))).code, 0);
  const change = (path: string, year: number) => {
    writeFileSync(to(world, `all/${path}`), 'other');
    utimesSync(to(world, `all/${path}`), new Date(`${year}-01-01`), new Date(`${year}-01-01`));
  };
  change('a', 2030);
  change('b', 2001);
  change('own', 2001);
  rmSync(to(world, 'all/letters/2025'), { recursive: true });
  return world;
}

const read = (world: BucketWorld, path: string) => readFileSync(to(world, `all/${path}`), 'utf8');

test('a restore over a folder in use shows its plan, and changes nothing without a yes', async (t) => {
  const world = await folderInUse(t);
  const dry = await restore(world, '--dry-run', to(world, 'all'));
  assert.deepEqual(dry.stdout.split('\n'), [
    '(dryrun) replace (newer on disk): a',
    '(dryrun) replace: b',
    '(dryrun) create: letters/2025/b',
    `(dryrun) leave: ${LETTER}`,
    '(dryrun) Will create 1 file, replace 2 (1 is newer on disk).',
    '',
  ]);
  const refused = await restore(world, to(world, 'all'));
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /would be replaced\. Will create 1 file, replace 2 \(1 is newer on disk\)\.\n.*--keep-newer/,
  );
  assert.deepEqual([read(world, 'a'), existsSync(to(world, 'all/letters/2025'))], ['other', false]);
});

test('--missing-only replaces nothing, --keep-newer only older files, and --overwrite all', async (t) => {
  const world = await folderInUse(t);
  assert.equal((await restore(world, '--missing-only', to(world, 'all'))).code, 0);
  assert.deepEqual(
    [read(world, 'a'), read(world, 'b'), read(world, 'letters/2025/b')],
    ['other', 'other', 'content of letters/2025/b'],
  );
  assert.equal((await restore(world, '--keep-newer', to(world, 'all'))).code, 0);
  assert.deepEqual([read(world, 'a'), read(world, 'b')], ['other', 'content of b']);
  assert.equal((await restore(world, '--overwrite', to(world, 'all'))).code, 0);
  assert.deepEqual([read(world, 'a'), read(world, 'own')], ['content of a', 'other']);
});

test('a single file is replaced only with a yes', async (t) => {
  const world = await folderInUse(t);
  const target = to(world, 'all/a');
  const refused = await restore(world, 'a', target);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /all\/a" would be replaced\. Will create 0 files, replace 1 \(1 is newer on disk\)\.\n.*--overwrite/,
  );
  assert.match(
    (await restore(world, '--dry-run', 'a', target)).stdout,
    /^\(dryrun\) replace \(newer on disk\): .*all\/a\n\(dryrun\) Will create 0 files, replace 1/,
  );
  for (const flag of ['--keep-newer', '--missing-only']) {
    assert.equal((await restore(world, flag, 'a', target)).code, 0);
    assert.equal(read(world, 'a'), 'other');
  }
  assert.equal((await restore(world, '--overwrite', 'a', target)).code, 0);
  assert.equal(read(world, 'a'), 'content of a');
});
