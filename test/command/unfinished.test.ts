// A run that was killed, and the next one: what was sent and told is not sent again, and nothing is lost.
import assert from 'node:assert/strict';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Fault } from '../fakes/fault.js';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

/** The first batch has ten files, the second one the others. */
const FIRST = Array.from({ length: 10 }, (_, number) => `f${number}`);
const SECOND = ['g0', 'g1'];
const ALL = [...FIRST, ...SECOND];

const marker = (world: BucketWorld) => join(world.stateFolder, 'unfinished');

/** A run with a fault. */
function faulty(world: BucketWorld, fault: Fault): Promise<Outcome> {
  rmSync(`${world.lock}.lock`, { recursive: true, force: true });
  world.faults.set(fault);
  // A child of the killed run may hold the lock for a moment.
  return world.sync(['--wait', '20']);
}

async function killed(world: BucketWorld, at: Fault['at'], number: number): Promise<void> {
  const { signal, stderr } = await faulty(world, { at, number, what: 'kill both' });
  assert.equal(signal, 'SIGKILL', stderr);
}

/** The next run ends well, and the bucket holds what is on disk. @returns what it has changed in the backup */
async function nextRun(world: BucketWorld): Promise<string[]> {
  rmSync(`${world.lock}.lock`, { recursive: true, force: true });
  world.faults.set(undefined);
  const count = world.bucket.versions().length;
  const { code, stderr } = await world.sync(['--wait', '20']);
  assert.equal(code, 0, stderr);
  const paths = readdirSync(world.source).sort();
  assert.deepEqual(world.stored(), paths);
  for (const path of paths)
    assert.deepEqual(world.current(PREFIX + path).body, readFileSync(join(world.source, path)), path);
  assert.ok(!existsSync(marker(world)), 'the marker is gone');
  return world.changesSince(count);
}

/** A backup whose files have all changed since, and one of which is gone. */
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
  test(`a run that is killed at any file (${what}) loses nothing, and the next one sends what is left of the batch and no more`, async (t) => {
    const world = await changedWorld(t);
    for (let number = 1; ; number += 1) {
      change(world, `${number}`);
      const { signal, code, stderr } = await faulty(world, { at: 'put', number, what });
      if (signal === null) {
        assert.equal(code, 0, stderr);
        assert.ok(number > ALL.length);
        return;
      }
      const sent = (await nextRun(world)).filter((it) => it !== '-old').sort();
      const ended = number <= FIRST.length ? [] : number <= ALL.length ? FIRST : ALL;
      const left = ALL.filter((it) => !ended.includes(it));
      // What the AWS CLI has just told of its batch, the run may have noted or not.
      const unsure = left.filter((it) => ALL.indexOf(it) < number - 1);
      assert.deepEqual(
        sent.filter((it) => !unsure.includes(it)),
        left.filter((it) => !unsure.includes(it)),
        `killed at put ${number}`,
      );
    }
  });
}

test('a run that is killed at any call loses nothing, and what was checked is not sent again', async (t) => {
  const world = await changedWorld(t);
  for (let number = 1; ; number += 1) {
    change(world, `${number}`);
    world.write(`h${number}`, 'h');
    if (number > 1) world.remove(`h${number - 1}`);
    const { signal, code, stderr } = await faulty(world, { at: 'call', number, what: 'kill both' });
    if (signal === null) {
      assert.equal(code, 0, stderr);
      assert.ok(number > 6, 'each step has been killed');
      return;
    }
    assert.equal(signal, 'SIGKILL', stderr);
    const wasChecked = world
      .called()
      .some((call) => call.includes(` list-objects-v2 `) && call.includes(PREFIX));
    const sent = (await nextRun(world)).filter((it) => !it.startsWith('-'));
    if (wasChecked) assert.deepEqual(sent, [], `killed at call ${number}`);
  }
});

test('after a first run that is killed inside aws s3 sync, the next one sends what is missing', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ALL) world.write(path, path);
  await killed(world, 'put', 5);
  assert.equal(world.stored().length, 4);
  const [changed = '', ...others] = world.stored();
  world.write(changed, 'changed since');
  const sent = await nextRun(world);
  assert.deepEqual(
    sent.sort(),
    ALL.filter((it) => !others.includes(it)),
  );
  assert.ok(!world.called().some((call) => call.includes(' s3 sync ')));
});

test('the files of folders that swap their names after a killed first run are sent, though neither size nor time differs', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a/f', 'b/f', 'c']) world.write(path, path);
  await killed(world, 'put', 3);
  assert.deepEqual(world.stored(), ['a/f', 'b/f']);
  const [a, b, aside] = ['a', 'b', 'aside'].map((name) => join(world.source, name)) as [
    string,
    string,
    string,
  ];
  renameSync(a, aside);
  renameSync(b, a);
  renameSync(aside, b);
  rmSync(`${world.lock}.lock`, { recursive: true, force: true });
  world.faults.set(undefined);
  const { code, stderr } = await world.sync(['--wait', '20']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    ['a/f', 'b/f'].map((path) => world.current(PREFIX + path).body.toString()),
    ['b/f', 'a/f'],
  );
});

test('a second run that is killed keeps what the first one knew', async (t) => {
  const world = await changedWorld(t);
  await killed(world, 'put', FIRST.length + 1);
  for (const number of [1, 2]) {
    const count = world.bucket.versions().length;
    await killed(world, 'put', number);
    assert.deepEqual(world.changesSince(count), SECOND.slice(0, number - 1));
  }
  // Whether the run that was killed has noted its last upload is chance.
  const [noted, ...others] = SECOND;
  const sent = await nextRun(world);
  assert.deepEqual(
    sent.filter((it) => it !== noted),
    [...others, '-old'],
  );

  const first = new BucketWorld(t);
  for (const path of ALL) first.write(path, path);
  await killed(first, 'put', 5);
  const stored = first.stored();
  await killed(first, 'put', 1);
  assert.deepEqual(
    (await nextRun(first)).sort(),
    ALL.filter((it) => !stored.includes(it)),
  );
});

/** @returns how many of the parts are damaged */
function eachPart(world: BucketWorld, damage: (file: string) => void): void {
  const parts = readdirSync(marker(world)).filter((name) => name.startsWith('pass-'));
  assert.ok(parts.length >= 2);
  for (const name of parts) damage(join(marker(world), name));
}

const DAMAGES: Readonly<Record<string, (world: BucketWorld) => void>> = {
  'the state folder is lost': (world) => rmSync(world.stateHome, { recursive: true }),
  'the notes are lost': (world) => rmSync(marker(world), { recursive: true }),
  'a file is in place of the notes': (world) => {
    rmSync(marker(world), { recursive: true });
    writeFileSync(marker(world), 'x');
  },
  'the parts are cut': (world) =>
    eachPart(world, (file) => truncateSync(file, Math.floor(readFileSync(file).length / 2))),
  'the parts are zeros': (world) => eachPart(world, (file) => writeFileSync(file, Buffer.alloc(5000))),
  'the parts are something else': (world) =>
    eachPart(world, (file) => writeFileSync(file, 's\t1:2\t0\t{"path":"f3"\n\n{}\ns\n')),
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  test(`a run loses nothing, and only uploads more, where ${what}`, async (t) => {
    const world = await changedWorld(t);
    await killed(world, 'put', FIRST.length + 1);
    damage(world);
    const sent = await nextRun(world);
    for (const path of SECOND) assert.ok(sent.includes(path), `${sent}`);
    assert.deepEqual(await nextRun(world), []);
  });
}
