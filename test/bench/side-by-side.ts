// Commands, measured by hyperfine in turns: what else the machine does meanwhile is the same for each of them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Median seconds of each command.
 * @param folder for the results
 * @param rounds how often each command is measured; it is run once before
 * @param prepare a command that is run before each run
 */
export function compare(
  folder: string,
  commands: readonly string[],
  env: NodeJS.ProcessEnv,
  rounds: number,
  prepare?: string,
): number[] {
  const seconds = commands.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    const measured = measureOnce(folder, commands, env, prepare);
    if (round > 0) for (const [index, list] of seconds.entries()) list.push(measured[index] ?? Number.NaN);
  }
  return seconds.map(median);
}

function measureOnce(
  folder: string,
  commands: readonly string[],
  env: NodeJS.ProcessEnv,
  prepare: string | undefined,
): number[] {
  const results = join(folder, 'results.json');
  const preparation = prepare === undefined ? [] : ['--prepare', prepare];
  const options = ['-N', '--runs', '1', ...preparation, '--export-json', results];
  const outcome = spawnSync('hyperfine', [...options, ...commands], { env, encoding: 'utf8' });
  if (outcome.status !== 0) throw new Error(`hyperfine: ${outcome.stdout}${outcome.stderr}`);
  const measured = JSON.parse(readFileSync(results, 'utf8')) as { results: { median: number }[] };
  return measured.results.map(({ median }) => median);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

/** Prints the seconds of another command and of ours, and their ratio. */
export function report(other: string, [theirs = Number.NaN, ours = Number.NaN]: readonly number[]): void {
  const ratio = (ours / theirs).toFixed(2);
  console.log(`${other} ${theirs.toFixed(3)} s, ours ${ours.toFixed(3)} s, ratio ${ratio}`);
}
