// A restore of many files after a rollback, compared with a restore before their change, and both with
// `aws s3 cp --recursive`. BENCH_FILES sets another number of files; 100,000 take an hour.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Bench, BIN, numbered, run } from './bench-world.js';
import { compareRestore } from './restore.js';

const COUNT = Number(process.env['BENCH_FILES'] ?? 5000);
/** With very many files, one round has to suffice, and a warm-up has no effect. */
const ROUNDS = COUNT > 20_000 ? 1 : 3;

export async function rollback(bench: Bench): Promise<void> {
  const { env } = await bench.server();
  const names = numbered(COUNT);
  const source = bench.makeSource('rollback', names);
  const config = bench.makeConfig(source, 'rollback');
  bench.backUp(config, env);
  const options = { config, prefix: 'rollback', rounds: ROUNDS };
  const latest = await compareRestore(bench, `${COUNT} files`, options);
  const before = new Date().toISOString();
  // S3 reports times in whole seconds.
  await wait(1100);
  overwriteAndRename(source, names);
  bench.backUp(config, env);
  const program = join(BIN, 'encrypted-s3.js');
  run([process.execPath, program, 'rollback', '--yes', `--at=${before}`, config], env);
  const after = await compareRestore(bench, `${COUNT} files after a rollback`, options);
  const [ours, bare] = [after.ours / latest.ours, after.bare / latest.bare].map((it) => it.toFixed(2));
  console.log(
    `restore of ${COUNT} files after a rollback, beside the latest: ratio ${ours} (at most 1.5), aws s3 cp ${bare}`,
  );
}

/** Acts like ransomware: overwrites every file, and renames one in four. */
function overwriteAndRename(source: string, names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const file = join(source, name);
    writeFileSync(file, `overwritten ${index}\n`);
    if (index % 4 === 0) renameSync(file, `${file}.locked`);
  }
}
