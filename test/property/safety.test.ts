// Whatever happens to the directory, to the bucket and to the processes, in full runs and quick ones: no file is lost,
// the record never claims what is not there, and the next run without faults ends with the bucket equal to the disk.
// `SAFETY_CASES=10000 npm test -- property` takes more cases than usual; SAFETY_SEED=… takes those of a run that failed.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { seedFrom } from '../fakes/seed.js';
import { Random } from './random.js';
import { change, makeReadable } from './random-change.js';
import { randomFault } from './random-fault.js';
import { PropertyWorld } from './world.js';

/** CI takes the time for more. */
const USUAL = process.env['CI'] === 'true' ? 1000 : 200;
const CASES = Number(process.env['SAFETY_CASES'] ?? USUAL);
const SEED = seedFrom('SAFETY_SEED');
/** How many cases happen to one directory, one after the other. */
const IN_A_ROW = 20;
const MINUTE = 60_000;

function randomWorld(random: Random): PropertyWorld {
  return new PropertyWorld({
    followSymlinks: random.chance(0.5),
    clockOffset: random.pick([0, 0, 0, 5, -5, 60, -60]) * MINUTE,
    fullCheckHours: random.pick([0, 20, 20]),
    excluded: random.chance(0.25) ? random.pick(['a', '+', '-d']) : undefined,
  });
}

async function oneCase(world: PropertyWorld, random: Random, note: (what: string) => void): Promise<void> {
  change(world.root, random);
  const before = world.stored();
  if (random.chance(0.2) && before.size > 0) {
    const how = random.pick(['remove', 'cut', 'put'] as const);
    world.meddle(how, how === 'put' ? 'stray/object' : random.pick([...before.keys()]));
  }
  if (random.chance(0.05)) world.loseState();
  const witness = world.witness();
  const fault = randomFault(random, () => change(world.root, random, () => witness.look()));
  const isFull = random.chance(0.2);
  const outcome = await world.sync(isFull, fault);
  note(`${JSON.stringify({ isFull, ...fault })}: exit code ${outcome.code}, ${outcome.stderr}`);
  assert.doesNotMatch(outcome.stderr, /defect|unexpected/);
  witness.assertNothingLost(world.stored());
  await world.assertRecordIsTrue();
  makeReadable(world.root);
  // A run that had no fault, or did all it should in spite of it, is the clean one itself.
  if (fault?.what === 'change') world.noteVanished();
  const isShort = outcome.code !== 0 || outcome.stderr.includes('Not deleting');
  if (isShort || fault?.what === 'change') await cleanRun(world, random.chance(0.5), note);
  else world.assertComplete();
}

/** @returns whether the run was complete, with all deletions */
async function cleanRun(
  world: PropertyWorld,
  isFull: boolean,
  note: (what: string) => void = () => undefined,
): Promise<boolean> {
  world.turnOnVersioning();
  const witness = world.witness();
  const { code, stderr } = await world.sync(isFull);
  note(`${JSON.stringify({ isFull })}, without a fault: exit code ${code}, ${stderr}`);
  const isComplete = code === 0;
  // By a clock that is an hour behind, no upload has arrived since the run began, and deletions wait. (S3 refuses to
  // serve such clocks.)
  const isClockWrong = code === 3 && world.clockOffset < -15 * MINUTE;
  assert.ok(isComplete || isClockWrong, `the clean run: exit code ${code}, ${stderr}`);
  witness.assertNothingLost(world.stored());
  await world.assertRecordIsTrue();
  world.assertComplete(isComplete);
  return isComplete;
}

async function severalCases(seed: number, t: { diagnostic: (message: string) => void }): Promise<void> {
  const random = new Random(seed);
  const world = randomWorld(random);
  const notes: string[] = [];
  try {
    for (let count = 0; count < 6; count += 1) change(world.root, random);
    makeReadable(world.root);
    for (let index = 0; index < IN_A_ROW; index += 1)
      await oneCase(world, random, (what) => notes.push(`case ${index}, ${what}`));
    if (await cleanRun(world, true)) await world.assertNothingKept();
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
    Array.from({ length: Math.ceil(CASES / IN_A_ROW) }, (_, index) =>
      t.test(`no file is lost with the seed ${SEED + index}`, (t) => severalCases(SEED + index, t)),
    ),
  );
});
