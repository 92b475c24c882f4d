// What a person sees on a terminal, at any width.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { binOf } from '../fakes/bins.js';
import { WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { BucketWorld, UPLOAD } from './bucket-world.js';
import { threeRuns } from './history-world.js';

const CLEAR_LINE = '\r\x1b[K';
const WIDTHS = [40, 80, 200];

interface Screen {
  /** All that was written. */
  readonly text: string;
  /** What the progress line held, one after the other; then all that is left at the end. */
  readonly parts: readonly string[];
  readonly left: string;
}

/** @param interruptAt a file: Ctrl-C is typed when it is there */
async function onTerminal(
  world: BucketWorld,
  columns: number,
  words: readonly string[],
  interruptAt?: string,
): Promise<Screen> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const command = `stty cols ${columns}; exec ${process.execPath} ${binOf('encrypted-s3')} ${quoted}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: {
      HOME: world.home,
      TMPDIR: world.tmp,
      PATH: world.path,
      NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
      TERM: 'xterm',
      SHELL: '/bin/sh',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  if (interruptAt !== undefined) {
    while (!existsSync(interruptAt)) await sleep(20);
    child.stdin.write('\x03');
  }
  await ended;
  const parts = text.split(CLEAR_LINE);
  return { text, parts, left: parts.at(-1) ?? '' };
}

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
  test(`a run on ${columns} columns shows its phases within them, and at its end one line`, async (t) => {
    const world = newWorld(t);
    const screen = await onTerminal(world, columns, ['sync', world.configFile]);
    assertWithin(screen, columns);
    for (const phase of ['Scanning: 1 name', 'Checking the bucket'])
      assert.ok(
        screen.parts.some((part) => part.startsWith(`encrypted-s3-sync: ${phase}`.slice(0, columns - 1))),
        screen.text,
      );
    const summary =
      /Done in .*: 1 file, 7 bytes in the backup; 1 sent \(7 bytes\), 0 deleted, 1 read back\.\r\n$/;
    assert.match(screen.left, summary);
  });

  test(`a restore, a search and a table on ${columns} columns leave no progress behind`, async (t) => {
    const world = await threeRuns(t);
    const config = ['--config', world.configFile];
    const restored = await onTerminal(world, columns, ['restore', ...config, join(world.folder, 'restored')]);
    assertWithin(restored, columns);
    assert.match(restored.left, /Restored 3 files, .*\r\nSuccess\.\r\n$/);
    const found = await onTerminal(world, columns, ['find', ...config, '--all', 'new']);
    assertWithin(found, columns);
    assert.ok(
      found.parts.some((part) => part.startsWith('encrypted-s3-find: Fetching ')),
      found.text,
    );
    assert.match(found.left, /^FIRST SEEN +LAST SEEN +SIZE +PATH\r\n.* 1 byte +new\r\n$/);
    const { left } = await onTerminal(world, columns, ['runs', ...config]);
    assert.match(left, /^ENDED +TOOK +FILES +SIZE +SENT +DELETED +EXIT\r\n/);
    // The bar takes what is left of the line; below its width, the table has none.
    const [, bar = ''] = / 3 +0 +0(?: {2}(█+))?\r\n/.exec(left) ?? assert.fail(left);
    assert.equal(bar.length, { 40: 0, 80: bar.length, 200: 20 }[columns]);
    if (columns > 40) for (const line of left.split('\r\n')) assert.ok(line.length <= columns, line);
  });
}

test('a search that finds nothing says where else to look', async (t) => {
  const world = await threeRuns(t);
  const words = ['find', '--config', world.configFile, 'old'];
  const { left } = await onTerminal(world, 80, words);
  assert.match(left, /^Nothing is found\. --all looks in all runs, and finds what is deleted\.\r\n$/);
  const piped = await world.run('encrypted-s3', words);
  assert.deepEqual([piped.code, piped.stdout, piped.stderr], [0, '', '']);
});

test('--quiet and --no-progress leave the terminal alone', async (t) => {
  const world = newWorld(t);
  const without = await onTerminal(world, 80, ['sync', '--no-progress', world.configFile]);
  assert.ok(!without.text.includes(CLEAR_LINE), without.text);
  const quiet = (await onTerminal(world, 80, ['sync', '--quiet', world.configFile])).text.split('\r\n');
  assert.deepEqual(
    quiet.filter((line) => !line.includes('You have not backed up your encryption key')),
    [''],
  );
});

test('Ctrl-C in a run clears the line, and says what stays and how to go on', async (t) => {
  const world = newWorld(t);
  assert.equal((await world.sync()).code, 0);
  world.write('b', 'content');
  const held = join(world.folder, 'held');
  world.onFirstCall(UPLOAD, `touch '${held}'; sleep 30`);
  const { left } = await onTerminal(world, 80, ['sync', world.configFile], held);
  assert.match(
    left,
    /^encrypted-s3-sync\[\d+\]: Ended by SIGINT\. What has been uploaded stays in the bucket: run the same command again, and it sends the rest\.\r\n$/,
  );
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['a', 'b']);
});

test('Ctrl-C in a restore says what stays, and the same command goes on', async (t) => {
  const world = newWorld(t);
  assert.equal((await world.sync()).code, 0);
  const held = join(world.folder, 'held');
  const to = join(world.folder, 'restored');
  world.onFirstCall(
    '*get-object* | *"s3 cp s3://test-bucket/pc/"* | *"s3 sync s3://"*',
    `touch '${held}'; sleep 30`,
  );
  const words = ['restore', '--config', world.configFile, to];
  const { left } = await onTerminal(world, 80, words, held);
  assert.match(
    left,
    /^Ended by SIGINT\. No file is half restored, .*: run the same command again to go on\.\r\n$/,
  );
  const again = await world.run('encrypted-s3', words);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(readFileSync(join(to, 'a'), 'utf8'), 'content');
});
