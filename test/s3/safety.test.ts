// The property of test/property with the real AWS CLI and server: random changes before and during full and quick runs,
// unreadable files, kills, and failures at random calls of the AWS CLI lose no file, and after the next run without a
// fault the bucket equals the disk.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ageLockFolder } from '../fakes/age-lock-folder.js';
import { seedFrom } from '../fakes/seed.js';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { filesOnDisk, isReallyGone } from '../property/disk.js';
import { Random } from '../property/random.js';
import { changeRandomly, makeReadable } from '../property/random-change.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { type CallFault, countCalls, setFault } from './call-fault.js';
import { type Outcome, World, withKey } from './world.js';

const CASES = 20;
const SEED = seedFrom('SAFETY_SEED');
const ALLOWED = ['--allow-mass-delete', '--wait', '20'];
/** Runs seldom have more calls. */
const CALLS = 8;
/** Changes during a run. None brings back a name that another one has removed. */
const SCRIPTS = [
  'for f in *; do [ -f "$f" ] && echo changed > "$f" && break; done',
  'for f in *; do [ -d "$f" ] && mv -- "$f" "moved-$$" && break; done',
  'for f in *; do [ -f "$f" ] && mv -- "$f" "moved-$$" && break; done',
  'for f in *; do [ -d "$f" ] && rm -rf -- "$f" && break; done',
  'for f in *; do [ -f "$f" ] && tr 0-9 5 < "$f" > "new-$$" && touch -d @1000000000 "new-$$" && mv -- "new-$$" "$f" && break; done',
  'mkdir -p late && echo late > late/file',
];

function randomFault(random: Random): CallFault | undefined {
  if (random.chance(0.2)) return undefined;
  return {
    number: 1 + random.below(CALLS),
    when: random.pick(['before', 'after']),
    what: random.pick(['kill aws', 'kill the command', 'kill both', 'fail', 'change']),
    script: random.pick(SCRIPTS),
  };
}

/** The current objects below the prefix, with their ETags, which are MD5s on this server. */
async function stored(world: World): Promise<Map<string, string>> {
  const current = (await world.versions()).filter(
    ({ IsLatest, Size, Key }) => IsLatest && Size !== undefined && Key.startsWith('pc/docs/'),
  );
  return new Map(
    current.map(({ Key, ETag = '' }) => [Key.slice('pc/docs/'.length), ETag.replaceAll('"', '')]),
  );
}

/** The files in the tree, without kept ones. */
async function recorded(world: World): Promise<string[]> {
  const url = world.url('backup.info/runs/pc/docs/tree.ndjson.gz');
  const file = `${world.folder}/tree`;
  await world.awsSucceeds('s3', 'cp', url, file, ...withKey(world.key));
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { path: string; type?: string; kept?: true });
  return entries.filter(({ type, kept }) => type === 'file' && !kept).map(({ path }) => path);
}

function sync(world: World, isFull: boolean): Promise<Outcome> {
  ageLockFolder(world.lock);
  const args = [...ALLOWED, ...(isFull ? ['--full'] : []), world.configFile];
  return world.run('encrypted-s3-sync', args, { through: WITHOUT_ROOTS_RIGHTS });
}

function assertNothingLost(
  { source }: World,
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  where: string,
): void {
  for (const path of before.keys())
    assert.ok(now.has(path) || isReallyGone(source, path, false), `lost: ${path}; ${where}`);
}

/** @param isFull whether the run was certainly full; a full run deletes objects of files that links have replaced */
async function assertComplete(
  world: World,
  now: ReadonlyMap<string, string>,
  isFull: boolean,
  where: string,
): Promise<void> {
  const files = filesOnDisk(world.source, false);
  for (const [path, content] of files)
    assert.equal(now.get(path), createHash('md5').update(content).digest('hex'), `${path}; ${where}`);
  for (const path of isFull ? now.keys() : [])
    assert.ok(files.has(path) || !isReallyGone(world.source, path, false), `not deleted: ${path}; ${where}`);
  const inTree = await recorded(world);
  const notOnDisk = inTree.filter((path) => !files.has(path));
  assert.deepEqual(inTree.filter((path) => files.has(path)).sort(), [...files.keys()].sort(), where);
  // The object may stay if something other than a file has replaced the file.
  for (const path of notOnDisk)
    assert.ok(!isReallyGone(world.source, path, false), `gone, and in the tree: ${path}; ${where}`);
}

async function runCase(world: World, random: Random, number: number): Promise<void> {
  changeRandomly(world.source, random);
  const before = await stored(world);
  const fault = randomFault(random);
  setFault(world, fault);
  let isFull = random.chance(0.4);
  const outcome = await sync(world, isFull);
  setFault(world, undefined);
  let where = `case ${number}, ${JSON.stringify({ isFull, ...fault })}: exit code ${outcome.code}, ${outcome.stderr}`;
  assert.doesNotMatch(outcome.stderr, /defect/, where);
  let now = await stored(world);
  assertNothingLost(world, before, now, where);
  makeReadable(world.source);
  // After a run that was complete in spite of its fault, the bucket has to equal the disk at once.
  if (outcome.code !== 0 || fault?.what === 'change' || outcome.stderr.includes('Not deleting')) {
    isFull = random.chance(0.5);
    const clean = await sync(world, isFull);
    where = `${where}; then ${JSON.stringify({ isFull })}: exit code ${clean.code}, ${clean.stderr}`;
    assert.equal(clean.code, 0, where);
    now = await stored(world);
    assertNothingLost(world, before, now, where);
  }
  await assertComplete(world, now, isFull, where);
}

describe(`random runs (seed ${SEED})`, { concurrency: 2 }, () => {
  for (const [index, cli] of loadedAwsClis().entries()) {
    test(`no file is lost with AWS CLI ${cli.version}`, async (t) => {
      const random = new Random(SEED + index);
      const world = new World('safety', cli, (remove) => t.after(remove));
      world.config({ FULL_CHECK_HOURS: '20' });
      await world.makeBucket();
      countCalls(world, cli.directory);
      setFault(world, undefined);
      for (let count = 0; count < 5; count += 1) changeRandomly(world.source, random);
      makeReadable(world.source);
      for (let number = 0; number < CASES / loadedAwsClis().length; number += 1)
        await runCase(world, random, number);
      const last = await sync(world, true);
      assert.equal(last.code, 0, last.stderr);
      await assertComplete(world, await stored(world), true, last.stderr);
    });
  }
});
