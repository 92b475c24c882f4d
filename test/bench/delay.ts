// New small files, after a first run, with a round trip of 40 ms, compared with `aws s3 sync`.
import { writeFileSync } from 'node:fs';
import { type Bench, numbered } from './bench-world.js';
import { startDelayingProxy } from './delaying-proxy.js';
import { measure, report } from './measure.js';

const ROUNDS = 3;
const NEW_FILES = 1500;
const ROUND_TRIP = 40;

export async function delay(bench: Bench): Promise<void> {
  const { server, env: near } = await bench.server();
  const sources = ['quick', 'full', 'bare'].map((name) => bench.makeSource(`delay-${name}`, numbered(100)));
  const [quick = '', full = '', bare = ''] = sources;
  const configs = [quick, full].map((source, index) => bench.makeConfig(source, `delay-${index}`));
  for (const config of configs) bench.backUp(config, near);
  const proxy = await startDelayingProxy(Number(new URL(server.endpoint).port), ROUND_TRIP / 2);
  const env = { ...near, AWS_ENDPOINT_URL: `https://127.0.0.1:${proxy.port}` };
  const commands = {
    quick: { command: bench.ours(configs[0] ?? ''), prepare: newFiles(quick) },
    full: { command: bench.ours(configs[1] ?? '', '--full'), prepare: newFiles(full) },
    bare: { command: bench.bareSync(bare, 'delay-bare/'), prepare: newFiles(bare) },
  };
  const seconds = await measure(commands, { folder: bench.folder, env, rounds: ROUNDS });
  proxy.stop();
  const what = `${NEW_FILES} new files, ${ROUND_TRIP} ms round trip`;
  report(`${what}, quick`, seconds.quick, 'aws s3 sync', seconds.bare, 0.5);
  report(`${what}, full`, seconds.full, 'aws s3 sync', seconds.bare, 0.5);
}

/** Writes new files before each run. Each program has its own source, so that it finds only the files of its own turn. */
function newFiles(source: string): string {
  const script = `${source}.new.sh`;
  const lines = [
    `folder=${source}/new-$(date +%s%N)`,
    'mkdir $folder',
    `for file in $(seq ${NEW_FILES}); do printf '%011d\\n' $file > $folder/$file; done`,
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  return `sh ${script}`;
}
