// First uploads of small files, compared with `aws s3 sync`, each to a new prefix.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, numbered } from './bench-world.js';
import { measure, report } from './measure.js';

const PREFIX = 'next-prefix';

export async function first(bench: Bench): Promise<void> {
  await firstUpload(bench, 3000, 3, 1.2);
  await firstUpload(bench, 20_000, 3, 1.06);
}

async function firstUpload(bench: Bench, count: number, rounds: number, limit: number): Promise<void> {
  const { env } = await bench.server();
  const source = bench.makeSource(`first-${count}`, numbered(count));
  const config = bench.makeConfig(source, PREFIX);
  const bare = join(bench.folder, 'first.sh');
  writeFileSync(bare, `exec ${bench.bareSync(source, `${PREFIX}/`)}\n`);
  const commands = {
    ours: newPrefix(config, (file) => bench.ours(file)),
    bare: newPrefix(bare, (file) => `sh ${file}`),
  };
  const seconds = await measure(commands, { folder: bench.folder, env, rounds, warmsUp: false });
  report(`first upload of ${count} files`, seconds.ours, 'aws s3 sync', seconds.bare, limit);
}

/** @param template a file with `next-prefix` in it; before each run, a copy of it gets a new prefix instead */
function newPrefix(
  template: string,
  command: (file: string) => string,
): { command: string; prepare: string } {
  const file = `${template}.now`;
  writeFileSync(file, readFileSync(template), { mode: 0o600 });
  const prepare = `${template}.prepare`;
  writeFileSync(prepare, `sed "s,${PREFIX},first-$(date +%s%N)," ${template} > ${file}\n`);
  return { command: command(file), prepare: `sh ${prepare}` };
}
