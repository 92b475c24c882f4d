// The output of commands on terminals of several widths.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DIST } from '../fakes/bins.js';
import { FAKES, WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { BucketWorld, UPLOAD } from './bucket-world.js';
import { threeRuns } from './history-world.js';
import { CLEAR_LINE, type Screen, screenOf } from './screen.js';

const WIDTHS = [40, 80, 200];

function assertWithin({ parts }: Screen, columns: number): void {
  for (const part of parts.slice(0, -1)) {
    const line = part.split('\n').at(-1) ?? '';
    assert.ok(line.length < columns, `${line.length} of ${columns} columns: ${line}`);
  }
}

function newWorld(t: TestContext): BucketWorld {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  return world;
}

for (const columns of WIDTHS) {
  test(`a run on ${columns} columns shows its phases within them, and leaves one line`, async (t) => {
    const world = newWorld(t);
    const screen = await screenOf(world, ['sync', world.configFile], { columns });
    assertWithin(screen, columns);
    for (const phase of ['Scanning: 1 name', 'Checking the bucket'])
      assert.ok(
        screen.parts.some((part) => part.startsWith(phase)),
        screen.text,
      );
    const summary =
      /Done in .*: 1 file, 7 bytes in the backup; 1 sent \(7 bytes\), 0 deleted, 1 read back\.\r\n$/;
    assert.match(screen.left, summary);
  });

  test(`a restore, a search and a table on ${columns} columns leave no progress behind`, async (t) => {
    const world = await threeRuns(t);
    const config = ['--config', world.configFile];
    const restored = await screenOf(world, ['restore', ...config, join(world.folder, 'restored')], {
      columns,
    });
    assertWithin(restored, columns);
    assert.match(restored.left, /Restored 3 files, .*\r\nSuccess\.\r\n$/);
    const found = await screenOf(world, ['find', ...config, '--all', 'new'], { columns });
    assertWithin(found, columns);
    assert.ok(
      found.parts.some((part) => part.startsWith('Fetching ')),
      found.text,
    );
    assert.match(
      found.left,
      /^FIRST SEEN +LAST SEEN +SIZE {2}PATH\r\n[-\d]{10} [:\d]{8} {2}.{19} {2}1 byte {2}new\r\n$/,
    );
    const { left } = await screenOf(world, ['runs', ...config], { columns });
    assert.match(left, /^ENDED +TOOK +FILES +SIZE +SENT +DELETED +EXIT\r\n/);
    // The bar fills the rest of the line; a table on a narrow terminal has no bar.
    const [, bar = ''] = / 3 +0 +0(?: {2}(█+))?\r\n/.exec(left) ?? assert.fail(left);
    assert.equal(bar.length, { 40: 0, 80: bar.length, 200: 20 }[columns]);
    if (columns > 40) for (const line of left.split('\r\n')) assert.ok(line.length <= columns, line);
  });
}

for (const columns of WIDTHS)
  test(`a long path stays whole on ${columns} columns, and the columns before it are as narrow as they can be`, async (t) => {
    const world = newWorld(t);
    const path = `a folder of ${'long '.repeat(12)}names/and a file`;
    world.write(path, 'content');
    assert.equal((await world.sync()).code, 0);
    const config = ['--config', world.configFile];
    const lastLine = async (...words: string[]) =>
      (await screenOf(world, [...words, ...config], { columns })).left.split('\r\n').at(-2) ?? '';
    const listed = await lastLine('ls', '--long', '-R');
    assert.match(listed, /^-rw-r--r-- {2}\S+:\S+ {2}7 bytes {2}2020-02-02 [:\d]{8} {2}a/);
    assert.ok(listed.endsWith(`  ${path}`), listed);
    const found = await lastLine('find', '--all', 'a file');
    assert.equal(found.length, '2020-02-02 02:02:02  2020-02-02 02:02:02  7 bytes  '.length + path.length);
    assert.ok(found.endsWith(`  ${path}`), found);
  });

test('a search that finds nothing says where else to look', async (t) => {
  const world = await threeRuns(t);
  const words = ['find', '--config', world.configFile, 'old'];
  const { left } = await screenOf(world, words);
  assert.match(left, /^Nothing was found\. --all searches all runs, deleted files included\.\r\n$/);
  const piped = await world.run('encrypted-s3', words);
  assert.deepEqual([piped.code, piped.stdout, piped.stderr], [0, '', '']);
});

test('--quiet and --no-progress write nothing to the terminal', async (t) => {
  const world = newWorld(t);
  const without = await screenOf(world, ['sync', '--no-progress', world.configFile]);
  assert.ok(!without.text.includes(CLEAR_LINE), without.text);
  const quiet = (await screenOf(world, ['sync', '--quiet', world.configFile])).text.split('\r\n');
  assert.deepEqual(
    quiet.filter((line) => !line.includes('You have not backed up your encryption key')),
    [''],
  );
});

test('Ctrl-C in a run clears the line, and the message says what stays and how to go on', async (t) => {
  const world = newWorld(t);
  assert.equal((await world.sync()).code, 0);
  world.write('b', 'content');
  const held = join(world.folder, 'held');
  world.onFirstCall(UPLOAD, `touch '${held}'; sleep 30`);
  const { left } = await screenOf(world, ['sync', world.configFile], { interruptAt: held });
  assert.match(
    left,
    /^encrypted-s3-sync\[\d+\]: Ended by SIGINT\. What has been uploaded stays in the bucket: run the same command again, and it sends the rest\.\r\n$/,
  );
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['a', 'b']);
});

test('Ctrl-C while the program still loads says that nothing has begun', async (t) => {
  const world = newWorld(t);
  const hook = `--require=${join(FAKES, 'signal-when-handled.cjs')}`;
  const terminal = {
    // A bundle loads in one step, so this test uses the built program.
    program: join(DIST, 'bin/encrypted-s3.js'),
    environment: { NODE_OPTIONS: `${WITHOUT_MODERN_SYSLOG} ${hook}` },
  };
  const words = ['sync', world.configFile];
  const { code, text } = await screenOf(world, words, terminal);
  assert.equal(text, `${CLEAR_LINE}Ended by SIGINT. Nothing has begun: run the same command again.\r\n`);
  assert.equal(code, 130);
  const quiet = await screenOf(world, [...words, '--quiet'], terminal);
  assert.deepEqual([quiet.code, quiet.text], [130, '']);
  assert.deepEqual(world.stored(), []);
});

test('Ctrl-C in a restore says what stays, and the same command continues it', async (t) => {
  const world = newWorld(t);
  assert.equal((await world.sync()).code, 0);
  const held = join(world.folder, 'held');
  const to = join(world.folder, 'restored');
  world.onFirstCall(
    '*get-object* | *"s3 cp s3://test-bucket/pc/"* | *"s3 sync s3://"*',
    `touch '${held}'; sleep 30`,
  );
  const words = ['restore', '--config', world.configFile, to];
  const { left } = await screenOf(world, words, { interruptAt: held });
  assert.match(
    left,
    /^Ended by SIGINT\. No file is half restored\. .*: run the same command again to continue\.\r\n$/,
  );
  const again = await world.run('encrypted-s3', words);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(readFileSync(join(to, 'a'), 'utf8'), 'content');
});
