// Restores of many files, the latest and an older state, compared with `aws s3 cp --recursive`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Bench, BIN, BUCKET, numbered } from './bench-world.js';
import { measure, report } from './measure.js';

const ROUNDS = 3;
const COUNT = 5000;
/** One of this many files is changed. */
const CHANGED = 100;

export async function restore(bench: Bench): Promise<void> {
  const { env } = await bench.server();
  const names = numbered(COUNT);
  const source = bench.makeSource('restore', names);
  const config = bench.makeConfig(source, 'restore');
  bench.backUp(config, env);
  const options = { config, prefix: 'restore', rounds: ROUNDS };
  await compareRestore(bench, `${COUNT} files`, options);
  const before = new Date().toISOString();
  // S3 reports times in whole seconds.
  await wait(1100);
  for (const [index, name] of names.entries())
    if (index % CHANGED === 0) writeFileSync(join(source, name), `changed ${index}\n`);
  bench.backUp(config, env);
  const what = `${COUNT} files as on an older day, 1 % changed since`;
  await compareRestore(bench, what, { ...options, at: before });
}

export interface RestoreOptions {
  readonly config: string;
  readonly prefix: string;
  readonly rounds: number;
  readonly at?: string;
}

/** @returns the seconds of our restore, and of `aws s3 cp` of the current objects */
export async function compareRestore(
  bench: Bench,
  what: string,
  { config, prefix, rounds, at }: RestoreOptions,
): Promise<{ readonly ours: number; readonly bare: number }> {
  const { env } = await bench.server();
  const to = join(bench.folder, 'restored');
  const prepare = `rm -rf ${to}`;
  const flags = `--recursive --only-show-errors --sse-c AES256 --sse-c-key fileb://${bench.keyFile}`;
  const time = at === undefined ? '' : `--at=${at}`;
  const ours = `${process.execPath} ${BIN}/encrypted-s3-download-dir.js ${time} --config ${config} ${to}`;
  const bare = `aws s3 cp ${flags} s3://${BUCKET}/${prefix}/ ${to}`;
  const commands = { ours: { command: ours, prepare }, bare: { command: bare, prepare } };
  const seconds = await measure(commands, { folder: bench.folder, env, rounds, warmsUp: rounds > 1 });
  report(`restore of ${what}`, seconds.ours, 'aws s3 cp', seconds.bare);
  return seconds;
}
