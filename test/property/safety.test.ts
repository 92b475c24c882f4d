// Whatever happens to the directory, to the bucket and to the processes: no file is lost, the record never claims what
// is not there, and the next run without faults ends with the bucket equal to the disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../fakes/fault.js';
import { Random } from './random.js';
import { change, makeReadable } from './random-change.js';
import { PropertyWorld } from './world.js';

const CASES = Number(process.env['SAFETY_CASES'] ?? 200);
const SEED = Number(process.env['SAFETY_SEED'] ?? Date.now() % 2 ** 31);
/** How many cases happen to one directory, one after the other. */
const IN_A_ROW = 10;

function randomFault(random: Random, source: string): Fault | undefined {
  if (random.chance(0.25)) return undefined;
  const at = random.pick(['call', 'put'] as const);
  const number = 1 + random.below(at === 'call' ? 10 : 5);
  const what = random.pick(['kill aws', 'kill the command', 'kill both', 'fail', 'script'] as const);
  if (what !== 'script') return { at, number, what };
  // While the run is going on, something changes.
  const script = random.pick([
    `cd '${source}' && for f in *; do [ -f "$f" ] && echo changed > "$f" && break; done; true`,
    `cd '${source}' && for f in *; do [ -d "$f" ] && rm -rf -- "$f" && break; done; true`,
    `cd '${source}' && for f in *; do [ -f "$f" ] && cp -p -- "$f" /tmp/esb-$$ && mv -- /tmp/esb-$$ "$f" && break; done; true`,
    // A FIFO would be waited for.
    `mkdir -p '${source}/late' && cd '${source}/late' && rm -f file && echo late > file`,
  ]);
  return { at, number, what, script };
}

async function severalCases(seed: number, t: { diagnostic: (message: string) => void }): Promise<void> {
  const random = new Random(seed);
  const world = new PropertyWorld(random.chance(0.5), random.pick([0, 0, 5 * 60_000, -5 * 60_000]));
  try {
    for (let count = 0; count < 6; count += 1) change(world.source, random);
    makeReadable(world.source);
    const first = await world.sync();
    assert.equal(first.code, 0, first.stderr);
    for (let index = 0; index < IN_A_ROW; index += 1) {
      const before = world.stored();
      change(world.source, random);
      if (random.chance(0.2) && before.size > 0) {
        const how = random.pick(['remove', 'cut', 'put'] as const);
        world.meddle(how, how === 'put' ? 'stray/object' : random.pick([...before.keys()]));
      }
      const atStart = world.stored();
      const fault = randomFault(random, world.source);
      const outcome = await world.sync(fault);
      const what = `case ${index}, ${JSON.stringify(fault)}: exit code ${outcome.code}, ${outcome.stderr}`;
      try {
        assert.doesNotMatch(outcome.stderr, /defect|unexpected/);
        world.assertNothingLost(atStart);
        await world.assertRecordIsTrue();
        makeReadable(world.source);
        // A run that had no fault, or did all it should in spite of it, is the clean one itself.
        const isShort = outcome.code !== 0 || outcome.stderr.includes('still in the bucket');
        if (isShort || fault?.what === 'script') {
          const clean = await world.sync();
          assert.equal(clean.code, 0, `the clean run: ${clean.stderr}`);
          world.assertNothingLost(atStart);
          await world.assertRecordIsTrue();
        }
        world.assertComplete();
      } catch (error) {
        t.diagnostic(what);
        throw error;
      }
    }
  } finally {
    makeReadable(world.source);
    world.remove();
  }
}

test(`no file is lost (seed ${SEED})`, { concurrency: 8 }, async (t) => {
  await Promise.all(
    Array.from({ length: Math.ceil(CASES / IN_A_ROW) }, (_, index) =>
      t.test(`seed ${SEED + index}`, (t) => severalCases(SEED + index, t)),
    ),
  );
});
