// Every command that concerns one backup takes --config, and most find the config in the default place.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

async function backedUp(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'letters/b']) world.write(path, 'content');
  assert.equal((await world.sync()).code, 0);
  return world;
}

test('sync and undelete use the config in the default place, and say where that is', async (t) => {
  const world = await backedUp(t);
  for (const command of ['sync', 'undelete']) {
    const { code, stderr } = await world.run('encrypted-s3', [command]);
    assert.equal(code, 1, command);
    assert.match(stderr, /No config is named[\s\S]*\.config\/encrypted-s3-backup\/config/);
  }
  const folder = join(world.home, '.config/encrypted-s3-backup');
  mkdirSync(folder, { recursive: true });
  renameSync(world.configFile, join(folder, 'config'));
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
