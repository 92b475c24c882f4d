// Measures commands with hyperfine, in turns, so that other load on the machine affects all of them alike.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const start = promisify(execFile);

export interface Command {
  readonly command: string;
  /** A command that runs before each run and is not measured. */
  readonly prepare?: string | undefined;
}

export interface MeasureOptions {
  /** The folder for hyperfine's results. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** How often each command is measured. */
  readonly rounds: number;
  /** Whether each command runs once before that, unmeasured. */
  readonly warmsUp?: boolean;
}

/** The median seconds of each command. Commands run without a shell; blanks separate their words. */
export async function measure<Names extends string>(
  commands: Readonly<Record<Names, Command>>,
  { folder, env, rounds, warmsUp = true }: MeasureOptions,
): Promise<Record<Names, number>> {
  const seconds = new Map<string, number[]>();
  for (let round = warmsUp ? 0 : 1; round <= rounds; round += 1) {
    for (const [name, command] of Object.entries<Command>(commands)) {
      const measured = await measureOnce(folder, command, env);
      if (round > 0) seconds.set(name, [...(seconds.get(name) ?? []), measured]);
    }
  }
  return Object.fromEntries([...seconds].map(([name, list]) => [name, median(list)])) as Record<
    Names,
    number
  >;
}

async function measureOnce(
  folder: string,
  { command, prepare }: Command,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const results = join(folder, 'results.json');
  const preparation = prepare === undefined ? [] : ['--prepare', prepare];
  await start('hyperfine', ['-N', '--runs', '1', ...preparation, '--export-json', results, command], { env });
  const measured = JSON.parse(readFileSync(results, 'utf8')) as { results: { median: number }[] };
  return measured.results[0]?.median ?? Number.NaN;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

/**
 * Prints our seconds and those of another command, and their ratio.
 * @param limit the highest ratio that is allowed
 */
export function report(what: string, ours: number, other: string, theirs: number, limit?: number): void {
  const ratio = (ours / theirs).toFixed(2);
  const atMost = limit === undefined ? '' : ` (at most ${limit})`;
  console.log(`${what}: ours ${ours.toFixed(3)} s, ${other} ${theirs.toFixed(3)} s, ratio ${ratio}${atMost}`);
}
