// A killed run loses nothing, and the next run does not send again what the killed one has noted as sent.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Fault } from '../fakes/fault.js';
import type { Outcome } from '../fakes/sandbox.js';
import { swapNames } from '../fakes/swap-names.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

/** The first batch has ten files, the second one the others. */
const FIRST = Array.from({ length: 10 }, (_, number) => `f${number}`);
const SECOND = ['g0', 'g1'];
const ALL = [...FIRST, ...SECOND];

const journalOf = (world: BucketWorld) => join(world.stateFolder, 'unfinished');

/** Runs a backup with a fault. */
function runWithFault(world: BucketWorld, fault: Fault): Promise<Outcome> {
  rmSync(`${world.lock}.lock`, { recursive: true, force: true });
  world.faults.set(fault);
  // A child of the killed run may hold the lock for a moment.
  return world.sync(['--wait', '20']);
}

async function runAndKill(world: BucketWorld, at: Fault['at'], number: number): Promise<void> {
  const { signal, stderr } = await runWithFault(world, { at, number, what: 'kill both' });
  assert.equal(signal, 'SIGKILL', stderr);
}

/** Asserts that the next run succeeds and the bucket then equals the disk. @returns the run's changes in the bucket */
async function assertNextRunCompletes(world: BucketWorld): Promise<string[]> {
  rmSync(`${world.lock}.lock`, { recursive: true, force: true });
  world.faults.set(undefined);
  const count = world.bucket.versions().length;
  const { code, stderr } = await world.sync(['--wait', '20']);
  assert.equal(code, 0, stderr);
  const paths = readdirSync(world.source).sort();
  assert.deepEqual(world.stored(), paths);
  for (const path of paths)
    assert.deepEqual(world.current(PREFIX + path).body, readFileSync(join(world.source, path)), path);
  assert.ok(!existsSync(journalOf(world)), 'the journal is removed');
  return world.changesSince(count);
}

/** A backup whose files have all changed since the last run, except one, which is gone. */
async function changedWorld(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  for (const path of [...ALL, 'old']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  change(world, 'changed');
  world.remove('old');
  return world;
}

function change(world: BucketWorld, content: string): void {
  for (const path of ALL) world.write(path, `${path}, ${content}`);
}

for (const what of ['kill both', 'kill the command'] as const) {
  test(`a run that is killed at any file (${what}) loses nothing, and the next one sends only the rest of the batch`, async (t) => {
    const world = await changedWorld(t);
    for (let number = 1; ; number += 1) {
      change(world, `${number}`);
      const { signal, code, stderr } = await runWithFault(world, { at: 'put', number, what });
      if (signal === null) {
        assert.equal(code, 0, stderr);
        assert.ok(number > ALL.length);
        return;
      }
      const sent = (await assertNextRunCompletes(world)).filter((it) => it !== '-old').sort();
      const ended = number <= FIRST.length ? [] : number <= ALL.length ? FIRST : ALL;
      const left = ALL.filter((it) => !ended.includes(it));
      // The run may or may not have noted the last files that the AWS CLI reported.
      const unsure = left.filter((it) => ALL.indexOf(it) < number - 1);
      assert.deepEqual(
        sent.filter((it) => !unsure.includes(it)),
        left.filter((it) => !unsure.includes(it)),
        `killed at put ${number}`,
      );
    }
  });
}

test('a run that is killed at any call loses nothing, and the next one does not send checked files again', async (t) => {
  const world = await changedWorld(t);
  for (let number = 1; ; number += 1) {
    change(world, `${number}`);
    world.write(`h${number}`, 'h');
    if (number > 1) world.remove(`h${number - 1}`);
    const { signal, code, stderr } = await runWithFault(world, { at: 'call', number, what: 'kill both' });
    if (signal === null) {
      assert.equal(code, 0, stderr);
      assert.ok(number > 6, 'each step has been killed');
      return;
    }
    assert.equal(signal, 'SIGKILL', stderr);
    const wasChecked = world
      .awsCalls()
      .some((call) => call.includes(` list-objects-v2 `) && call.includes(PREFIX));
    const sent = (await assertNextRunCompletes(world)).filter((it) => !it.startsWith('-'));
    if (wasChecked) assert.deepEqual(sent, [], `killed at call ${number}`);
  }
});

test('after a first run that is killed during aws s3 sync, the next one sends the missing files', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ALL) world.write(path, path);
  await runAndKill(world, 'put', 5);
  assert.equal(world.stored().length, 4);
  const [changed = '', ...others] = world.stored();
  world.write(changed, 'changed since');
  const sent = await assertNextRunCompletes(world);
  assert.deepEqual(
    sent.sort(),
    ALL.filter((it) => !others.includes(it)),
  );
  assert.ok(!world.awsCalls().some((call) => call.includes(' s3 sync ')));
});

test('the files of folders that swap their names after a killed first run are sent, although neither sizes nor times differ', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a/f', 'b/f', 'c']) world.write(path, path);
  await runAndKill(world, 'put', 3);
  assert.deepEqual(world.stored(), ['a/f', 'b/f']);
  swapNames(join(world.source, 'a'), join(world.source, 'b'));
  rmSync(`${world.lock}.lock`, { recursive: true, force: true });
  world.faults.set(undefined);
  const { code, stderr } = await world.sync(['--wait', '20']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    ['a/f', 'b/f'].map((path) => world.current(PREFIX + path).body.toString()),
    ['b/f', 'a/f'],
  );
});

test('a second killed run keeps the journal of the first one', async (t) => {
  const world = await changedWorld(t);
  await runAndKill(world, 'put', FIRST.length + 1);
  for (const number of [1, 2]) {
    const count = world.bucket.versions().length;
    await runAndKill(world, 'put', number);
    assert.deepEqual(world.changesSince(count), SECOND.slice(0, number - 1));
  }
  // Whether the killed run has noted its last upload is chance.
  const [noted, ...others] = SECOND;
  const sent = await assertNextRunCompletes(world);
  assert.deepEqual(
    sent.filter((it) => it !== noted),
    [...others, '-old'],
  );

  const first = new BucketWorld(t);
  for (const path of ALL) first.write(path, path);
  await runAndKill(first, 'put', 5);
  const stored = first.stored();
  await runAndKill(first, 'put', 1);
  assert.deepEqual(
    (await assertNextRunCompletes(first)).sort(),
    ALL.filter((it) => !stored.includes(it)),
  );
});

/** Damages each part of the journal. */
function damageParts(world: BucketWorld, damage: (file: string) => void): void {
  const parts = readdirSync(journalOf(world)).filter((name) => name.startsWith('pass-'));
  assert.ok(parts.length >= 2);
  for (const name of parts) damage(join(journalOf(world), name));
}

const JOURNAL_DAMAGES: Readonly<Record<string, (world: BucketWorld) => void>> = {
  'the state folder is lost': (world) => rmSync(world.stateHome, { recursive: true }),
  'the journal is lost': (world) => rmSync(journalOf(world), { recursive: true }),
  'a file is in the place of the journal': (world) => {
    rmSync(journalOf(world), { recursive: true });
    writeFileSync(journalOf(world), 'x');
  },
  'the parts of the journal are truncated': (world) =>
    damageParts(world, (file) => truncateSync(file, Math.floor(readFileSync(file).length / 2))),
  'the parts of the journal are zeros': (world) =>
    damageParts(world, (file) => writeFileSync(file, Buffer.alloc(5000))),
  'the parts of the journal are of another format': (world) =>
    damageParts(world, (file) => writeFileSync(file, 's\t1:2\t0\t{"path":"f3"\n\n{}\ns\n')),
};

for (const [what, damage] of Object.entries(JOURNAL_DAMAGES)) {
  test(`the next run loses nothing, and only uploads more, if ${what}`, async (t) => {
    const world = await changedWorld(t);
    await runAndKill(world, 'put', FIRST.length + 1);
    damage(world);
    const sent = await assertNextRunCompletes(world);
    for (const path of SECOND) assert.ok(sent.includes(path), `${sent}`);
    assert.deepEqual(await assertNextRunCompletes(world), []);
  });
}
