// A run warns of settings that look right, but have no effect or another one.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

/** The warnings of a run. */
async function warningsOf(world: BucketWorld, ...flags: readonly string[]): Promise<string[]> {
  const { code, stderr } = await world.sync(flags);
  assert.equal(code, 0, stderr);
  const warnings = stderr.split('\n').filter((line) => line.includes('WARNING: '));
  return warnings
    .map((line) => line.replace(/^.*WARNING: /, ''))
    .filter((line) => !/encryption key, yet/.test(line));
}

test('a pattern of EXCLUDE that matches a folder, but no file, is named with the pattern that works', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  world.write('x/.cache/b', 'b');
  world.write('y/.cache/c', 'c');
  world.write('z.tmp/d', 'd');
  world.write('e.tmp', 'e');
  appendFileSync(world.config(), "EXCLUDE=('*/.cache' '*.tmp' 'none' 'y/*')\n");
  const expected = `EXCLUDE '*/.cache' matches the folder "${world.source}/x/.cache", but nothing in it, and no file: it excludes nothing. To exclude what is in such folders, write '*/.cache/*'.`;
  assert.deepEqual(await warningsOf(world, '--dry-run'), [expected]);
  assert.deepEqual(await warningsOf(world), [expected]);
  assert.deepEqual(world.stored(), ['a', 'x/.cache/b', 'z.tmp/d']);
  appendFileSync(world.configFile, "EXCLUDE=('*/.cache/*' '*.tmp')\n");
  assert.deepEqual(await warningsOf(world), []);
});

test('a REMOTE_DIR_PREFIX with an empty part is warned of until a run has used it', async (t) => {
  for (const [prefix, better] of [
    ['pc/docs/', 'pc/docs'],
    ['/pc', 'pc'],
    ['pc//docs', 'pc/docs'],
  ] as const) {
    const world = new BucketWorld(t);
    world.makeBucket();
    world.write('a', 'a');
    world.config({ REMOTE_DIR_PREFIX: prefix });
    const [warning = '', ...more] = await warningsOf(world);
    assert.deepEqual(more, []);
    assert.ok(
      warning.startsWith(
        `REMOTE_DIR_PREFIX is "${prefix}": the keys of this backup begin with "${prefix}/", which has an empty part.`,
      ),
      warning,
    );
    assert.ok(warning.endsWith(`For a new backup, write '${better}'.`), warning);
    assert.deepEqual(await warningsOf(world), []);
  }
});

test('a bucket that does not exist is created with a warning: its name may be wrong', async (t) => {
  const world = new BucketWorld(t);
  world.write('a', 'a');
  assert.deepEqual(await warningsOf(world), [
    'The bucket "test-bucket" does not exist. Creating it: if this backup has a bucket already, correct AWS_BUCKET.',
  ]);
  assert.deepEqual(await warningsOf(world), []);
});
