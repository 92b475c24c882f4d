// `encrypted-s3 restore` with several PATHs and patterns, and its calls.
import assert from 'node:assert/strict';
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathsBelow } from '../fakes/paths-below.js';
import { BucketWorld } from './bucket-world.js';

const PATHS = ['a', 'letters/anna.odt', 'letters/old/bob.odt', 'letters/old/list.txt', 'photos/beach.jpg'];

async function backedUp(t: TestContext): Promise<{ world: BucketWorld; to: string }> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of PATHS) world.write(path, `content of ${path}`);
  mkdirSync(join(world.source, 'photos/empty'));
  symlinkSync('anna.odt', join(world.source, 'letters/latest'));
  assert.equal((await world.sync()).code, 0);
  return { world, to: join(world.folder, 'to') };
}

const restore = (world: BucketWorld, ...words: string[]) =>
  world.runUnprivileged('encrypted-s3', ['restore', '--config', world.configFile, ...words]);

const below = (folder: string) => pathsBelow(folder).sort();

for (const [flags, expected] of [
  [
    ['--include', '*.odt'],
    ['letters', 'letters/anna.odt', 'letters/old', 'letters/old/bob.odt'],
  ],
  [
    ['--include', '*.odt', '--include', 'a', '--exclude', '*/old/*'],
    ['a', 'letters', 'letters/anna.odt'],
  ],
  [
    ['--exclude', 'letters/*', '--exclude', 'a'],
    ['photos', 'photos/beach.jpg', 'photos/empty'],
  ],
  [['letters', '--include', 'letters/l*'], ['latest']],
] as const) {
  test(`restore ${flags.join(' ')} restores the selected files and nothing else`, async (t) => {
    const { world, to } = await backedUp(t);
    const { code, stderr } = await restore(world, ...flags, to);
    assert.equal(code, 0, stderr);
    assert.deepEqual(below(to), expected);
  });
}

test('patterns that match nothing are an error', async (t) => {
  const { world, to } = await backedUp(t);
  const { code, stderr } = await restore(world, '--include', '*.pdf', to);
  assert.equal(code, 1);
  assert.match(stderr, /Nothing below s3:\/\/test-bucket\/pc\/docs\/ matches\.\n.*--include/);
  const named = await restore(world, '--exclude', 'a', 'a', to);
  assert.match(named.stderr, /--include or --exclude leaves out "a"/);
});

test('a restore of several paths has one plan and one question', async (t) => {
  const { world, to } = await backedUp(t);
  mkdirSync(join(to, 'photos'), { recursive: true });
  writeFileSync(join(to, 'photos/beach.jpg'), 'other');
  const words = ['a', 'letters', 'letters/old', 'photos', to];
  const refused = await restore(world, ...words);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /photos" would be replaced\. Will create 5 files, replace 1 \(1 is newer on disk\)/,
  );
  assert.deepEqual(below(to), ['photos', 'photos/beach.jpg']);
  const dry = await restore(world, '--dry-run', ...words);
  assert.match(
    dry.stdout,
    /^\(dryrun\) create: .*to\/a\n[\s\S]*create: latest\n[\s\S]*Will create 5 files, replace 1/,
  );
  const done = await restore(world, '--overwrite', ...words);
  assert.equal(done.code, 0, done.stderr);
  for (const path of PATHS) assert.equal(readFileSync(join(to, path), 'utf8'), `content of ${path}`);
});

test('the tree is fetched once, however many paths there are', async (t) => {
  const { world, to } = await backedUp(t);
  for (const words of [['letters'], ['a', 'letters', 'photos'], []]) {
    assert.equal((await restore(world, ...words, '--overwrite', to)).code, 0);
    assert.equal(world.treeDownloads(), 1);
  }
});

test('a link is replaced only if it differs and the user wants it', async (t) => {
  const { world, to } = await backedUp(t);
  assert.equal((await restore(world, to)).code, 0);
  const again = await restore(world, to);
  assert.equal(again.code, 0, again.stderr);
  const link = join(to, 'letters/latest');
  unlinkSync(link);
  symlinkSync('elsewhere', link);
  assert.match(
    (await restore(world, '--dry-run', to)).stdout,
    /replace \(newer on disk\): letters\/latest\n/,
  );
  const refused = await restore(world, to);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Will create 0 files, replace 1 \(1 is newer on disk\)/);
  for (const flag of ['--keep-newer', '--missing-only']) {
    assert.equal((await restore(world, flag, to)).code, 0);
    assert.equal(readlinkSync(link), 'elsewhere');
  }
  lutimesSync(link, 1, 1);
  assert.equal((await restore(world, '--keep-newer', to)).code, 0);
  assert.equal(readlinkSync(link), 'anna.odt');
});

test('a restore as of an earlier time keeps newer work', async (t) => {
  const { world, to } = await backedUp(t);
  // A full run would take the changed times below for those of older versions.
  world.config({ FULL_CHECK_HOURS: '20' });
  for (const version of world.bucket.versions()) Object.assign(version, { time: version.time - 86_400_000 });
  world.write('a', 'changed');
  world.remove('photos');
  assert.equal((await world.sync()).code, 0);
  assert.equal((await restore(world, to)).code, 0);
  utimesSync(join(to, 'a'), new Date(), new Date());
  const dry = await restore(world, '--at', '1h ago', '--keep-newer', '--dry-run', to);
  assert.match(dry.stdout, /keep \(newer on disk\): a\n/);
  assert.match(dry.stdout, /Will create 1 file, replace 0, keep 1\./);
  const done = await restore(world, '--at', '1h ago', '--keep-newer', to);
  assert.equal(done.code, 0);
  assert.match(done.stderr, /Will create 1 file, replace 0, keep 1\.\n/);
  assert.equal(readFileSync(join(to, 'a'), 'utf8'), 'changed');
  assert.ok(existsSync(join(to, 'photos/beach.jpg')));
});
