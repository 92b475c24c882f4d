// Side by side: the same no-change run by the original scripts and by ours, on the same server,
// and with an AWS CLI that costs nothing. Prints seconds and, what matters, the ratios.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startS3Server } from '../s3-server/server.js';
import { instantAws } from './instant-aws.js';
import { scale } from './scale.js';

const OURS = fileURLToPath(new URL('../../bin/encrypted-s3-sync.js', import.meta.url));
const KEY = 'Benchmark0Key1of2exactly3thirty2';

const original = process.env['ORIGINAL'];
if (original === undefined || !existsSync(join(original, 'encrypted-s3-sync'))) {
  console.error('bench: set ORIGINAL to a checkout of https://github.com/famzah/encrypted-s3-backup');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'esb-bench-'));
try {
  console.log(`${availableParallelism()} cores, Node ${process.version}`);
  await againstServer(join(original, 'encrypted-s3-sync'));
  againstInstantAws(join(original, 'encrypted-s3-sync'));
  await scale(folder, makeConfig);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A no-change run of 3 files, server and all. */
async function againstServer(originalSync: string): Promise<void> {
  const source = makeSource('server', ['one', 'two', 'three']);
  const config = makeConfig(source);
  const server = await startS3Server();
  try {
    // The original has no setting for the endpoint, so `aws` gets it from the environment.
    const environment = { ...process.env, ...server.environment };
    const first = spawnSync(process.execPath, [OURS, config], { env: environment, encoding: 'utf8' });
    if (first.status !== 0) throw new Error(`the first run failed: ${first.stderr}`);
    const [theirs, ours] = compare([originalSync, config], environment, 10);
    report('no change, 3 files, real server', theirs, ours);
  } finally {
    await server.stop();
  }
}

/** What the scripts themselves cost. */
function againstInstantAws(originalSync: string): void {
  const source = makeSource('instant', ['one']);
  const fakes = join(folder, 'fakes');
  mkdirSync(fakes);
  writeFileSync(join(fakes, 'aws'), instantAws('bench-bucket', join(source, 'one')));
  chmodSync(join(fakes, 'aws'), 0o755);
  const environment = { ...process.env, PATH: `${fakes}:${process.env['PATH']}` };
  const [theirs, ours] = compare([originalSync, makeConfig(source)], environment, 30);
  report('instant fake aws', theirs, ours);
}

/** Median seconds of the original and of ours. */
function compare(
  [originalSync, config]: [string, string],
  env: NodeJS.ProcessEnv,
  runs: number,
): [number, number] {
  const results = join(folder, 'results.json');
  const commands = [`${originalSync} ${config}`, `${process.execPath} ${OURS} ${config}`];
  const outcome = spawnSync(
    'hyperfine',
    ['-N', '--warmup', '2', '--runs', `${runs}`, '--export-json', results, ...commands],
    { env, encoding: 'utf8' },
  );
  if (outcome.status !== 0) throw new Error(`hyperfine: ${outcome.stdout}${outcome.stderr}`);
  const medians = (JSON.parse(readFileSync(results, 'utf8')) as { results: { median: number }[] }).results;
  return [medians[0]?.median ?? Number.NaN, medians[1]?.median ?? Number.NaN];
}

function report(what: string, theirs: number, ours: number): void {
  const ratio = (ours / theirs).toFixed(2);
  console.log(`${what}: original ${theirs.toFixed(3)} s, ours ${ours.toFixed(3)} s, ratio ${ratio}`);
}

function makeSource(name: string, files: string[]): string {
  const source = join(folder, name);
  mkdirSync(source);
  for (const file of files) writeFileSync(join(source, file), `content of ${file}\n`);
  return source;
}

function makeConfig(source: string): string {
  const file = `${source}.config`;
  const lines = [
    'AWS_REGION=us-east-1',
    'AWS_BUCKET=bench-bucket',
    'AWS_RETENTION_DAYS=30',
    `LOCAL_DIR=${source}`,
    `LOCAL_LOCK=${source}.lock`,
    'REMOTE_DIR_PREFIX=bench',
    `ENCRYPTION_KEY=${KEY}`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}
