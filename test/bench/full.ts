// Full runs over many files, compared with `aws s3 sync`.
import type { Bench } from './bench-world.js';
import { manyFiles } from './many-files.js';
import { measure, report } from './measure.js';

const ROUNDS = 5;

export async function full(bench: Bench): Promise<void> {
  const { what, env, config, change, bare } = await manyFiles(bench);
  const options = { folder: bench.folder, env, rounds: ROUNDS };
  const ours = bench.ours(config, '--full');
  const same = await measure({ ours: { command: ours }, bare: { command: bare } }, options);
  report(`${what}, nothing changed, full`, same.ours, 'aws s3 sync', same.bare, 0.95);
  const commands = { ours: { command: ours, prepare: change }, bare: { command: bare, prepare: change } };
  const changed = await measure(commands, options);
  report(`${what}, ten changed, full`, changed.ours, 'aws s3 sync', changed.bare, 1.1);
}
