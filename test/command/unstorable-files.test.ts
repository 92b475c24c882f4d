// A run names files that the bucket cannot hold, never sends them, and says how to exclude them.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BucketWorld, PREFIX } from './bucket-world.js';

const FOLDER = 'f'.repeat(200);
/** A path whose key, with the prefix, has `length` bytes. */
const pathOfLength = (length: number) =>
  `${`${FOLDER}/`.repeat(5)}${'x'.repeat(length - PREFIX.length - 1005)}`;

test('a file whose key would be too long is named with its length, and never sent', async (t) => {
  const world = new BucketWorld(t);
  const [fits, tooLong] = [pathOfLength(1024), pathOfLength(1025)];
  for (const path of ['f', fits, tooLong]) world.write(path, path);
  for (const kind of ['first', 'quick', 'full'] as const) {
    world.config(kind === 'quick' ? { FULL_CHECK_HOURS: '20' } : {});
    if (kind !== 'first') world.write('f', kind);
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /ERROR: ".*x" would have a key of 1025 bytes, and S3 allows 1024: it is not in the backup\./,
    );
    assert.deepEqual(world.stored(), ['f', fits]);
    assert.ok(!world.faults.puts.includes(PREFIX + tooLong));
  }
});

test('a run whose deletions wait for unstorable names prints the line that excludes them, and deletes once they are excluded', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a/locked/x', 'gone', 'stays', '*.tmp/[x]']) world.write(path, path);
  appendFileSync(world.configFile, "EXCLUDE=('*.bak')\n");
  assert.equal((await world.sync()).code, 0);
  world.remove('gone');
  world.write('b/y', 'y');
  writeFileSync(Buffer.from(`${world.source}/b/latin1-\xe9`, 'latin1'), '');
  const tooLong = pathOfLength(1030);
  world.write(tooLong, '');
  for (const path of ['a/locked', '*.tmp/[x]']) chmodSync(join(world.source, path), 0);
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  const line = `EXCLUDE=('*.bak' '[*].tmp/[[]x]' 'a/locked/*' 'b/latin1-?' ${tooLong})`;
  assert.ok(stderr.includes(`or exclude them: ${line}\n`), stderr);
  assert.match(
    stderr,
    /ERROR: ".*\/a\/locked\/" can't be read: .* To exclude it: EXCLUDE=\('a\/locked\/\*'\)\.\n/,
  );
  assert.match(
    stderr,
    /ERROR: The name of ".*latin1-.*" is not UTF-8, .* To exclude it: EXCLUDE=\('b\/latin1-\?'\)\.\n/,
  );
  assert.ok(world.stored().includes('gone'));
  appendFileSync(world.configFile, `${line}\n`);
  const next = await world.sync();
  chmodSync(join(world.source, 'a/locked'), 0o755);
  assert.equal(next.code, 0, next.stderr);
  assert.ok(!world.stored().includes('gone'));
});

test('a file that only the server refuses is tried once in each run, named with its EXCLUDE, and stored when it is accepted', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['f', 'odd name']) world.write(path, path);
  world.faults.failPut(
    `${PREFIX}odd name`,
    'An error occurred (XMinioInvalidObjectName) when calling the PutObject operation: Object name contains unsupported characters.',
  );
  for (const kind of ['first', 'quick', 'full'] as const) {
    world.config(kind === 'quick' ? { FULL_CHECK_HOURS: '20' } : {});
    world.faults.puts.length = 0;
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /odd name" is not in .*InvalidObjectName.* To exclude it: EXCLUDE=\('odd name'\)/);
    const tries = world.faults.puts.filter((key) => key.endsWith('odd name')).length;
    // The AWS CLI's sync is the first.
    assert.equal(tries, kind === 'first' ? 2 : 1, kind);
  }
  world.faults.failPut(`${PREFIX}odd name`, '', 0);
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['f', 'odd name']);
});

const PARENT_IS_OBJECT =
  'An error occurred (XMinioParentIsObject) when calling the PutObject operation: Object-prefix is already an object';
const IS_DIRECTORY =
  'An error occurred (XMinioObjectExistsAsDirectory) when calling the PutObject operation: Object name already exists as a directory.';

for (const hours of ['0', '20']) {
  test(`a file that became a folder is stored on a server where its object is in the way, with FULL_CHECK_HOURS=${hours}`, async (t) => {
    const world = new BucketWorld(t);
    world.config({ FULL_CHECK_HOURS: hours });
    for (const path of ['stays', 'x']) world.write(path, path);
    assert.equal((await world.sync()).code, 0);
    world.remove('x');
    for (const path of ['x/y', 'x/z/1']) world.write(path, path);
    world.faults.failPut(`${PREFIX}x/y`, PARENT_IS_OBJECT, 1);
    const count = world.bucket.versions().length;
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /ERROR|gone/);
    const changes = world.changesSince(count);
    assert.ok(changes.indexOf('-x') < changes.indexOf('x/y'), `${changes}`);
    assert.deepEqual(world.stored(), ['stays', 'x/y', 'x/z/1']);
  });

  test(`a folder that became a file is stored on a server where its objects are in the way, with FULL_CHECK_HOURS=${hours}`, async (t) => {
    const world = new BucketWorld(t);
    world.config({ FULL_CHECK_HOURS: hours });
    for (const path of ['stays', 'x/y', 'x/z/1', 'x.y']) world.write(path, path);
    assert.equal((await world.sync()).code, 0);
    world.remove('x');
    world.write('x', 'x');
    world.faults.failPut(`${PREFIX}x`, IS_DIRECTORY, 1);
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /ERROR|gone/);
    assert.deepEqual(world.stored(), ['stays', 'x', 'x.y']);
  });
}

test('an object in the way stays if its deletion could not be undone, or if the server refuses for another reason', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['stays', 'x']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  world.remove('x');
  world.write('x/y', 'y');
  world.faults.failPut(
    `${PREFIX}x/y`,
    'An error occurred (InvalidObjectName) when calling the PutObject operation: x',
  );
  assert.equal((await world.sync()).code, 3);
  assert.deepEqual(world.stored(), ['stays', 'x']);
  world.bucket.isVersioned = false;
  world.faults.failPut(`${PREFIX}x/y`, PARENT_IS_OBJECT);
  assert.equal((await world.sync()).code, 3);
  assert.deepEqual(world.stored(), ['stays', 'x']);
});
