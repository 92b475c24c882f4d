// Runs over three unchanged files, compared with the original.
import { type Bench, originalSync } from './bench-world.js';
import { measure, report } from './measure.js';

const ROUNDS = 10;

export async function original(bench: Bench): Promise<void> {
  const script = originalSync();
  if (script === undefined) return;
  const { env } = await bench.server();
  const config = bench.makeConfig(bench.makeSource('three', ['one', 'two', 'three']), 'three');
  bench.backUp(config, env);
  const commands = {
    original: { command: `${script} ${config}` },
    full: { command: bench.ours(config, '--full') },
    quick: { command: bench.ours(config) },
  };
  const seconds = await measure(commands, { folder: bench.folder, env, rounds: ROUNDS });
  report('3 files, nothing changed, full', seconds.full, 'original', seconds.original, 0.55);
  report('3 files, nothing changed, quick', seconds.quick, 'original', seconds.original, 0.33);
}
