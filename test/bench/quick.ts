// Quick runs over many files, compared with `aws s3 sync`, restic and rclone.
import type { Bench } from './bench-world.js';
import { manyFiles } from './many-files.js';
import { type Command, measure, report } from './measure.js';

const ROUNDS = 5;

export async function quick(bench: Bench): Promise<void> {
  const { what, env, config, change, bare, restic, rclone } = await manyFiles(bench);
  const options = { folder: bench.folder, env, rounds: ROUNDS };
  const commands = (prepare?: string): Readonly<Record<string, Command>> => {
    const all = {
      ours: bench.ours(config),
      bare,
      restic,
      rclone: prepare === undefined ? rclone : undefined,
    };
    const installed = Object.entries(all).filter(([, command]) => command !== undefined);
    return Object.fromEntries(installed.map(([name, command = '']) => [name, { command, prepare }]));
  };
  const reportAll = (which: string, seconds: Record<string, number>, limits: Record<string, number>) => {
    const { ours = Number.NaN, bare = Number.NaN, ...others } = seconds;
    report(`${what}, ${which}, quick`, ours, 'aws s3 sync', bare, limits['bare']);
    for (const [name, theirs] of Object.entries(others))
      report(`${what}, ${which}, quick`, ours, name, theirs, limits[name]);
  };
  reportAll('nothing changed', await measure(commands(), options), { bare: 0.25, restic: 0.75 });
  reportAll('ten changed', await measure(commands(change), options), { bare: 0.4, restic: 1.2 });
}
