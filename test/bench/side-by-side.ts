// Commands, measured by hyperfine one after the other.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Median seconds of each command.
 * @param folder for the results
 * @param prepare a command that is run before each run
 */
export function compare(
  folder: string,
  commands: readonly string[],
  env: NodeJS.ProcessEnv,
  runs: number,
  prepare?: string,
): number[] {
  const results = join(folder, 'results.json');
  const preparation = prepare === undefined ? [] : ['--prepare', prepare];
  const options = ['-N', '--warmup', '1', '--runs', `${runs}`, ...preparation, '--export-json', results];
  const outcome = spawnSync('hyperfine', [...options, ...commands], { env, encoding: 'utf8' });
  if (outcome.status !== 0) throw new Error(`hyperfine: ${outcome.stdout}${outcome.stderr}`);
  const measured = JSON.parse(readFileSync(results, 'utf8')) as { results: { median: number }[] };
  return measured.results.map(({ median }) => median);
}

/** Prints the seconds of another command and of ours, and their ratio. */
export function report(other: string, [theirs = Number.NaN, ours = Number.NaN]: readonly number[]): void {
  const ratio = (ours / theirs).toFixed(2);
  console.log(`${other} ${theirs.toFixed(3)} s, ours ${ours.toFixed(3)} s, ratio ${ratio}`);
}
