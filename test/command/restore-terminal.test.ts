// The question that a restore asks on a terminal before it replaces anything.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { onTerminal, type Step } from '../fakes/on-terminal.js';
import { WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const QUESTION = "Will create 1 file, replace 1 (1 is newer on disk). Type 'yes' to go on: ";
const [ENTER, CTRL_C, CTRL_D] = ['\r', '\x03', '\x04'];

/** A backup of `a` and `d/b`, and a destination with another `a`. */
async function backedUp(t: TestContext): Promise<{ world: BucketWorld; to: string }> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'd/b']) world.write(path, `content of ${path}`);
  assert.equal((await world.sync()).code, 0);
  const to = join(world.folder, 'to');
  mkdirSync(to);
  writeFileSync(join(to, 'a'), 'newer');
  return { world, to };
}

function restore(world: BucketWorld, steps: readonly Step[], ...words: string[]) {
  return onTerminal(steps, ['encrypted-s3', 'restore', '--config', world.configFile, ...words], {
    HOME: world.home,
    TMPDIR: world.tmp,
    PATH: world.path,
    NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
  });
}

test("the answer 'yes' replaces the files that differ", async (t) => {
  const { world, to } = await backedUp(t);
  const { code, shown } = await restore(world, [[QUESTION, `yes${ENTER}`]], to);
  assert.equal(code, 0, shown);
  assert.equal(readFileSync(join(to, 'a'), 'utf8'), 'content of a');
  assert.match(shown, /Success\.\r\n$/);
});

for (const [what, typed, expected] of [
  ['no', `no${ENTER}`, 1],
  ['y', `y${ENTER}`, 1],
  ['Enter', ENTER, 1],
  ['Ctrl-D', CTRL_D, 1],
  ['Ctrl-C', CTRL_C, 130],
] as const) {
  test(`the answer ${what} changes nothing`, async (t) => {
    const { world, to } = await backedUp(t);
    const { code, shown } = await restore(world, [[QUESTION, typed]], to);
    assert.equal(code, expected, shown);
    if (expected === 1) assert.match(shown, /ERROR: Nothing was restored\.\r\nHINT: Add --overwrite/);
    assert.equal(readFileSync(join(to, 'a'), 'utf8'), 'newer');
    assert.ok(!existsSync(join(to, 'd')));
  });
}

test('a restore that replaces nothing asks nothing', async (t) => {
  const { world, to } = await backedUp(t);
  const { code, shown } = await restore(world, [], '--missing-only', to);
  assert.equal(code, 0, shown);
  assert.match(shown, /Will create 1 file, replace 0, keep 1\.\r\n/);
  assert.equal(readFileSync(join(to, 'a'), 'utf8'), 'newer');
});
