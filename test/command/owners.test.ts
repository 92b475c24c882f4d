// Owners in a restore by root: by name, by number, or by the names of the restored system.
import assert from 'node:assert/strict';
import { chownSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RestoreWorld } from './restore-world.js';

const AS_ROOT = { skip: process.getuid?.() !== 0 && 'only root gives owners' };

/** Gives the user anna this id, as a directory server does. */
function giveAnnaId(world: RestoreWorld, id: number): void {
  world.fake(
    'getent',
    `[ "$1" = passwd ] && for key; do case "$key" in anna|${id}) echo 'anna:x:${id}:${id}::/:/bin/sh';; esac; done; :`,
  );
}

/** A backup of a file that belongs to anna, whose id was 70001. */
async function backedUp(t: TestContext, path = 'a'): Promise<RestoreWorld> {
  const world = new RestoreWorld(t);
  giveAnnaId(world, 70001);
  world.write('a', 'a');
  world.write(path, 'a');
  chownSync(join(world.source, 'a'), 70001, 70002);
  await world.backUp();
  giveAnnaId(world, 70005);
  return world;
}

const restore = (world: RestoreWorld, ...flags: readonly string[]) =>
  world.restore(flags, { as: [], words: [world.to] });
const ownerOf = (world: RestoreWorld) => lstatSync(join(world.to, 'a')).uid;

test(
  'an owner whom only the system knows is set by name, with a warning if the number differs',
  AS_ROOT,
  async (t) => {
    const world = await backedUp(t);
    const { code, stderr } = await restore(world);
    assert.equal(code, 0, stderr);
    assert.equal(ownerOf(world), 70005);
    assert.match(
      stderr,
      /WARNING: Owners are set by name, and some have another number here: user anna \(70005 here, 70001 in the backup\)\. .*--numeric-ids/,
    );
  },
);

test('--numeric-ids sets owners by number, without a message', AS_ROOT, async (t) => {
  const world = await backedUp(t);
  for (const command of ['download-dir', 'restore']) {
    rmSync(world.to, { recursive: true, force: true });
    const { code, stderr } =
      command === 'restore'
        ? await world.run('encrypted-s3', [
            'restore',
            '--config',
            world.configFile,
            '--numeric-ids',
            world.to,
          ])
        : await restore(world, '--numeric-ids');
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /WARNING/);
    assert.equal(ownerOf(world), 70001);
  }
});

test('a restore uses the names of a system that is in the destination', AS_ROOT, async (t) => {
  const world = await backedUp(t);
  mkdirSync(join(world.to, 'etc'), { recursive: true });
  writeFileSync(join(world.to, 'etc/passwd'), 'anna:x:70009:1::/:/bin/sh\n');
  const { code, stderr } = await restore(world, '--overwrite');
  assert.equal(code, 0, stderr);
  assert.equal(ownerOf(world), 70009);
  assert.match(stderr, /user anna \(70009 here, 70001 in the backup\)/);
});

test('a restore of a whole system, with its own names, sets owners by number', AS_ROOT, async (t) => {
  const world = await backedUp(t, 'etc/passwd');
  const { code, stderr } = await restore(world);
  assert.equal(code, 0, stderr);
  assert.equal(ownerOf(world), 70001);
  assert.doesNotMatch(stderr, /WARNING/);
});
