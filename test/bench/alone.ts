// The programs' own time: an `aws` that answers at once, and one unchanged file.
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, BUCKET, originalSync } from './bench-world.js';
import { instantAws } from './instant-aws.js';
import { measure, report } from './measure.js';

const ROUNDS = 30;

export async function alone(bench: Bench): Promise<void> {
  const script = originalSync();
  if (script === undefined) return;
  const source = bench.makeSource('alone', ['one']);
  const [fakes, record, listing, content] = [
    join(bench.folder, 'alone.fakes'),
    join(bench.folder, 'alone.record'),
    join(bench.folder, 'alone.listing'),
    join(source, 'one'),
  ];
  for (const folder of [fakes, record]) mkdirSync(folder);
  const list = (stored: string) =>
    writeFileSync(listing, `[["alone/one",${statSync(content).size},"${stored}","etag"]]\n`);
  writeFileSync(join(fakes, 'aws'), instantAws({ bucket: BUCKET, listing, content, record }));
  chmodSync(join(fakes, 'aws'), 0o755);
  const env = { ...bench.env, PATH: `${fakes}:${process.env['PATH']}` };
  const config = bench.makeConfig(source, 'alone');
  // The first run sees an object that was stored after the file's last change; later runs, one older than the last run.
  list('2100-01-01T00:00:00+00:00');
  bench.backUp(config, env);
  list(new Date().toISOString());
  const commands = {
    original: { command: `${script} ${config}` },
    full: { command: bench.ours(config, '--full') },
    quick: { command: bench.ours(config) },
  };
  const seconds = await measure(commands, { folder: bench.folder, env, rounds: ROUNDS });
  report('instant fake aws, full', seconds.full, 'original', seconds.original);
  report('instant fake aws, quick', seconds.quick, 'original', seconds.original);
}
