// A restore of many files beside a bare `aws s3 cp --recursive`: the latest, an older day, and after a rollback to it.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Bench, BIN, BUCKET, numbered } from './bench-world.js';
import { measure, report } from './measure.js';

const ROUNDS = 3;
const COUNT = 5000;
/** One in so many files is changed. */
const CHANGED = 100;

export async function restore(bench: Bench): Promise<void> {
  const { env } = await bench.server();
  const names = numbered(COUNT);
  const source = bench.makeSource('restore', names);
  const config = bench.makeConfig(source, 'restore');
  bench.backUp(config, env);
  const to = join(bench.folder, 'restored');
  const flags = `--recursive --only-show-errors --sse-c AES256 --sse-c-key fileb://${bench.keyFile}`;
  const bare = `aws s3 cp ${flags} s3://${BUCKET}/restore/ ${to}`;
  const ours = (at: string) =>
    `${process.execPath} ${BIN}/encrypted-s3-download-dir.js ${at} --config ${config} ${to}`;
  const compare = async (what: string, command: string): Promise<number> => {
    const prepare = `rm -rf ${to}`;
    const commands = { ours: { command, prepare }, bare: { command: bare, prepare } };
    const seconds = await measure(commands, { folder: bench.folder, env, rounds: ROUNDS });
    report(`restore of ${COUNT} files${what}`, seconds.ours, 'aws s3 cp', seconds.bare);
    return seconds.ours / seconds.bare;
  };
  const latest = await compare('', ours(''));
  const before = new Date().toISOString();
  // S3 tells times in whole seconds.
  await wait(1100);
  for (const [index, name] of names.entries())
    if (index % CHANGED === 0) writeFileSync(join(source, name), `changed ${index}\n`);
  bench.backUp(config, env);
  await compare(' as on an older day, 1 % changed since', ours(`--at=${before}`));
  execFileSync(process.execPath, [`${BIN}/encrypted-s3.js`, 'rollback', config, `--at=${before}`, '--yes'], {
    env,
    stdio: 'ignore',
  });
  // Each beside a bare one of its own: what else the machine does meanwhile counts for neither.
  const ratio = ((await compare(' after a rollback', ours(''))) / latest).toFixed(2);
  console.log(`restore of ${COUNT} files after a rollback, beside the latest: ratio ${ratio} (at most 1.5)`);
}
