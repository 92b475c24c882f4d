// Every command for one backup takes --config, and most find a config in the default place.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EASY_KEY, KEY } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

async function backedUp(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'letters/b']) world.write(path, 'content');
  assert.equal((await world.sync()).code, 0);
  return world;
}

function moveToDefaultPlace(world: BucketWorld): void {
  const folder = join(world.home, '.config/encrypted-s3-backup');
  mkdirSync(folder, { recursive: true });
  renameSync(world.configFile, join(folder, 'config'));
}

async function escrowed(t: TestContext): Promise<BucketWorld> {
  const world = await backedUp(t);
  const input = `\n${EASY_KEY}\n\nyes\n`;
  const { code, stderr } = await world.run('encrypted-s3', ['upload-key', '--config', world.configFile], {
    input,
  });
  assert.equal(code, 0, stderr);
  return world;
}

test('sync and undelete use the config in the default place, and name it if it is missing', async (t) => {
  const world = await backedUp(t);
  for (const command of ['sync', 'undelete']) {
    const { code, stderr } = await world.run('encrypted-s3', [command]);
    assert.equal(code, 1, command);
    assert.match(stderr, /No config is given[\s\S]*\.config\/encrypted-s3-backup\/config/);
  }
  moveToDefaultPlace(world);
  for (const command of ['sync', 'undelete']) {
    const { code, stderr } = await world.run('encrypted-s3', [command]);
    assert.equal(code, 0, stderr);
  }
});

test('undelete --config --since brings back what was deleted after that', async (t) => {
  const world = await backedUp(t);
  world.remove('letters');
  assert.equal((await world.sync()).code, 0);
  const args = ['undelete', '--config', world.configFile];
  const { code, stdout } = await world.run('encrypted-s3', [
    ...args,
    '--since',
    '1h ago',
    '--dry-run',
    'letters',
  ]);
  assert.equal(code, 0);
  assert.equal(stdout, '(dryrun) undelete: s3://test-bucket/pc/docs/letters/b\n');
});

test('list-versions --config takes paths as they are on disk', async (t) => {
  const world = await backedUp(t);
  const list = async (...words: string[]) => {
    const { stdout } = await world.run('encrypted-s3', [
      'list-versions',
      '--config',
      world.configFile,
      ...words,
    ]);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t').at(-1));
  };
  assert.deepEqual(await list(join(world.source, 'letters')), ['pc/docs/letters/b']);
  assert.deepEqual(await list('a'), ['pc/docs/a']);
  assert.deepEqual(await list(), ['pc/docs/a', 'pc/docs/letters/b']);
});

test('list-versions, download-file and download-dir take the config in the default place if they name no bucket', async (t) => {
  const world = await backedUp(t);
  moveToDefaultPlace(world);
  const listed = await world.run('encrypted-s3', ['list-versions', 'a']);
  assert.match(listed.stdout, /\tpc\/docs\/a\n$/);
  const file = join(world.folder, 'file');
  const onDisk = join(world.source, 'letters/b');
  const downloaded = await world.run('encrypted-s3', ['download-file', onDisk, file]);
  assert.equal(downloaded.code, 0, downloaded.stderr);
  assert.equal(readFileSync(file, 'utf8'), 'content');
  const folder = join(world.folder, 'folder');
  const restored = await world.run('encrypted-s3', ['download-dir', 'letters', folder]);
  assert.equal(restored.code, 0, restored.stderr);
  assert.equal(readFileSync(join(folder, 'b'), 'utf8'), 'content');
});

test('download-key takes the bucket from the config, also from one that has lost the key', async (t) => {
  const world = await escrowed(t);
  world.config({ ENCRYPTION_KEY: undefined });
  const input = `${EASY_KEY}\n`;
  const named = await world.run('encrypted-s3', ['download-key', '--config', world.configFile], { input });
  assert.equal(named.code, 0, named.stderr);
  assert.match(named.stdout, new RegExp(KEY));
  moveToDefaultPlace(world);
  const found = await world.run('encrypted-s3', ['download-key'], { input });
  assert.equal(found.stdout, named.stdout);
  const place = ['default', 'eu-central-1', 'test-bucket'];
  assert.equal((await world.run('encrypted-s3', ['download-key', ...place], { input })).stdout, named.stdout);
});

test('download-key refuses a config without a bucket', async (t) => {
  const world = new BucketWorld(t);
  world.config({ AWS_BUCKET: undefined });
  const { code, stderr } = await world.run('encrypted-s3', ['download-key', '--config', world.configFile]);
  assert.equal(code, 1);
  assert.match(stderr, /^ERROR: The config does not name the bucket\.\nHINT: It needs AWS_PROFILE, /);
});

test('upload-key without a config asks for everything, even if there is one in the default place', async (t) => {
  const world = await backedUp(t);
  moveToDefaultPlace(world);
  const input = `\n\neu-central-1\ntest-bucket\n${KEY}\n${EASY_KEY}\n\nyes\n`;
  const { code, stdout, stderr } = await world.run('encrypted-s3-upload-key', [], { input });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /AWS S3 bucket name: [\s\S]*SUCCESS/);
});

test('two configs on one command line, or a wrong number of arguments, are a usage error', async (t) => {
  const world = new BucketWorld(t);
  for (const command of ['sync', 'status', 'runs', 'upload-key', 'schedule']) {
    const { code, stderr } = await world.run('encrypted-s3', [command, '--config', 'one', 'two']);
    assert.equal(code, 1);
    assert.match(stderr, /^error: two configs are named, 'one' and 'two'\nUsage: .*\nTry ".*--help"\.\n$/);
  }
  for (const words of [
    ['download-key', 'default'],
    ['download-file', 'a', 'b', 'c'],
    ['list-versions', 'default', 'eu-central-1'],
    ['list-versions', 's3://bucket'],
    ['list-versions', '--config', 'one', 'a', 'b'],
  ]) {
    const { code, stderr } = await world.run('encrypted-s3', words);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .* needed.*\nUsage: .*\n.*\nTry "/, words.join(' '));
  }
});
