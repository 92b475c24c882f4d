// Random changes to the directory and the bucket, and random faults, in full and quick runs: no file is ever lost, the
// record never claims what is not stored, and after the next run without a fault the bucket equals the disk.
// `SAFETY_CASES=10000 npm test -- property` runs more cases; SAFETY_SEED=… repeats those of a failed run.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { seedFrom } from '../fakes/seed.js';
import { Random } from './random.js';
import { changeRandomly, makeReadable } from './random-change.js';
import { randomFault } from './random-fault.js';
import { PropertyWorld } from './world.js';

const DEFAULT_CASES = process.env['CI'] === 'true' ? 1000 : 200;
const CASES = Number(process.env['SAFETY_CASES'] ?? DEFAULT_CASES);
const SEED = seedFrom('SAFETY_SEED');
/** How many cases one directory and its backup go through. */
const CASES_PER_WORLD = 20;
const MINUTE = 60_000;

function randomWorld(random: Random): PropertyWorld {
  return new PropertyWorld({
    followSymlinks: random.chance(0.5),
    clockOffset: random.pick([0, 0, 0, 5, -5, 60, -60]) * MINUTE,
    fullCheckHours: random.pick([0, 20, 20]),
    excluded: random.chance(0.25) ? random.pick(['a', '+', '-d']) : undefined,
  });
}

async function runCase(world: PropertyWorld, random: Random, note: (what: string) => void): Promise<void> {
  changeRandomly(world.root, random);
  const before = world.stored();
  if (random.chance(0.2) && before.size > 0) {
    const how = random.pick(['remove', 'cut', 'put'] as const);
    world.tamper(how, how === 'put' ? 'stray/object' : random.pick([...before.keys()]));
  }
  if (random.chance(0.05)) world.removeStateFolder();
  const witness = world.witness();
  const fault = randomFault(random, () => changeRandomly(world.root, random, () => witness.observe()));
  const isFull = random.chance(0.2);
  const outcome = await world.sync(isFull, fault);
  note(`${JSON.stringify({ isFull, ...fault })}: exit code ${outcome.code}, ${outcome.stderr}`);
  assert.doesNotMatch(outcome.stderr, /defect|unexpected/);
  witness.assertNothingLost(world.stored());
  await world.assertRecordIsTrue();
  makeReadable(world.root);
  if (fault?.what === 'change') world.expectKept();
  // After a run that was complete in spite of its fault, the bucket has to equal the disk at once.
  const isIncomplete = outcome.code !== 0 || outcome.stderr.includes('Not deleting');
  if (isIncomplete || fault?.what === 'change') await runWithoutFault(world, random.chance(0.5), note);
  else world.assertComplete();
}

/** @returns whether the run was complete, with all deletions */
async function runWithoutFault(
  world: PropertyWorld,
  isFull: boolean,
  note: (what: string) => void = () => undefined,
): Promise<boolean> {
  world.turnOnVersioning();
  const witness = world.witness();
  const { code, stderr } = await world.sync(isFull);
  note(`${JSON.stringify({ isFull })}, without a fault: exit code ${code}, ${stderr}`);
  const isComplete = code === 0;
  // If the server's clock is an hour behind, every upload seems older than the run, so deletions wait. (S3 itself
  // refuses requests from such clocks.)
  const isClockWrong = code === 3 && world.clockOffset < -15 * MINUTE;
  assert.ok(isComplete || isClockWrong, `the run without a fault: exit code ${code}, ${stderr}`);
  witness.assertNothingLost(world.stored());
  await world.assertRecordIsTrue();
  world.assertComplete(isComplete);
  return isComplete;
}

async function runCases(seed: number, t: { diagnostic: (message: string) => void }): Promise<void> {
  const random = new Random(seed);
  const world = randomWorld(random);
  const notes: string[] = [];
  try {
    for (let count = 0; count < 6; count += 1) changeRandomly(world.root, random);
    makeReadable(world.root);
    for (let index = 0; index < CASES_PER_WORLD; index += 1)
      await runCase(world, random, (what) => notes.push(`case ${index}, ${what}`));
    if (await runWithoutFault(world, true)) await world.assertNothingKept();
  } catch (error) {
    for (const note of notes.slice(-6)) t.diagnostic(note);
    throw error;
  } finally {
    makeReadable(world.root);
    world.remove();
  }
}

test(`no file is lost (seed ${SEED})`, { concurrency: 2 * availableParallelism() }, async (t) => {
  await Promise.all(
    Array.from({ length: Math.ceil(CASES / CASES_PER_WORLD) }, (_, index) =>
      t.test(`no file is lost with the seed ${SEED + index}`, (t) => runCases(SEED + index, t)),
    ),
  );
});
