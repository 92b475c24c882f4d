// A backup has one source: a run of another machine or LOCAL_DIR must not delete or replace its objects.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, RECORD } from './bucket-world.js';

const numbered = (count: number) => Array.from({ length: count }, (_, number) => `f${number}`);

async function backedUp(world: BucketWorld, count: number): Promise<void> {
  for (const name of numbered(count)) world.write(name, name);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
}

/** Makes another folder with `count` other files. */
function makeOther(world: BucketWorld, count: number): string {
  const folder = join(world.folder, 'other');
  mkdirSync(folder);
  for (const name of numbered(count)) writeFileSync(join(folder, `other-${name}`), name);
  return folder;
}

const recorded = (world: BucketWorld): Record<string, unknown> =>
  JSON.parse(world.current(RECORD).body.toString('utf8'));

/** Changes facts in the last run's record; `undefined` removes a fact. */
function rewriteRecord(world: BucketWorld, facts: Readonly<Record<string, string | undefined>>): void {
  world.put(RECORD, JSON.stringify({ ...recorded(world), ...facts }), KEY);
}

/** Asserts that the run and the dry run are refused and change nothing. */
async function assertRefused(world: BucketWorld, sources: string): Promise<void> {
  const before = world.bucket.versions();
  const state = readdirSync(world.stateFolder);
  for (const flags of [[], ['--dry-run'], ['--allow-mass-delete']]) {
    const { code, stdout, stderr } = await world.sync(flags);
    assert.deepEqual([code, stdout], [4, ''], stderr);
    assert.ok(stderr.includes(`ERROR: This backup's last run was ${sources} Nothing was changed.\n`), stderr);
    assert.match(stderr, /HINT: .*REMOTE_DIR_PREFIX.*--adopt/);
  }
  assert.deepEqual(world.bucket.versions(), before);
  assert.deepEqual(readdirSync(world.stateFolder), state);
}

test('another LOCAL_DIR under the same prefix is refused until it is adopted once', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 15);
  const other = makeOther(world, 3);
  world.config({ LOCAL_DIR: other });
  const here = `on host "${hostname()}"`;
  await assertRefused(world, `of "${world.source}" ${here}; this one is of "${other}" ${here}.`);
  assert.equal(world.stored().length, 15);

  const dry = await world.sync(['--dry-run', '--adopt']);
  assert.equal(dry.code, 0, dry.stderr);
  assert.equal(dry.stdout.match(/\(dryrun\) delete: /g)?.length, 15);
  assert.equal((await world.sync(['--adopt'])).code, 0);
  assert.deepEqual(world.stored(), ['other-f0', 'other-f1', 'other-f2']);
  assert.equal(recorded(world)['localDir'], other);
  assert.equal((await world.sync()).code, 0);
});

test('another host with the same LOCAL_DIR is refused until it is adopted once', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 3);
  rewriteRecord(world, { host: 'another-host' });
  world.remove('f0');
  world.write('f1', 'changed');
  const dir = `"${world.source}"`;
  await assertRefused(
    world,
    `of ${dir} on host "another-host"; this one is of ${dir} on host "${hostname()}".`,
  );
  assert.equal((await world.sync(['--adopt'])).code, 0);
  assert.deepEqual(world.stored(), ['f1', 'f2']);
  assert.equal(recorded(world)['host'], hostname());
  assert.equal((await world.sync()).code, 0);
});

test('when a backup is adopted, the guard counts the files of the previous source', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 30);
  world.config({ LOCAL_DIR: makeOther(world, 3) });
  for (const flags of [['--adopt'], ['--adopt', '--dry-run']]) {
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 4);
    assert.match(stderr, /30 of the 30 files in the backup are gone/);
  }
  assert.equal(world.stored().length, 30);
  assert.equal((await world.sync(['--adopt', '--allow-mass-delete'])).code, 0);
  assert.equal(world.stored().length, 3);
});

test('HOST_ID replaces the name of the host', async (t) => {
  const world = new BucketWorld(t);
  world.config({ HOST_ID: 'alpha' });
  await backedUp(world, 3);
  assert.equal(recorded(world)['host'], 'alpha');
  assert.equal((await world.sync()).code, 0);
  world.config({ HOST_ID: 'beta' });
  const dir = `"${world.source}"`;
  await assertRefused(world, `of ${dir} on host "alpha"; this one is of ${dir} on host "beta".`);
});

test('a record that names no host counts as one of this host', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 3);
  rewriteRecord(world, { host: undefined });
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.equal(recorded(world)['host'], hostname());
});

test('files that an unfinished run of another source has stored are sent again', async (t) => {
  const world = new BucketWorld(t);
  await backedUp(world, 3);
  rewriteRecord(world, { host: 'another-host' });
  world.write('f1', 'ours!');
  // An object that was stored after the record and after the last change of this machine's file.
  world.bucket.add('pc/docs/f1', Buffer.from('other'), undefined, Date.now() + 3_600_000);
  const { code, stderr } = await world.sync(['--adopt'], { FAKE_CLOCK_OFFSET: `${2 * 3_600_000}` });
  assert.equal(code, 0, stderr);
  assert.equal(world.current('pc/docs/f1').body.toString(), 'ours!');
});
