// Side by side: the same no-change run by the original scripts and by ours, on the same server,
// and with an AWS CLI that costs nothing. Prints seconds and, what matters, the ratios.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startS3Server } from '../s3-server/server.js';
import { instantAws } from './instant-aws.js';
import { benchRestore } from './restore.js';
import { scale } from './scale.js';
import { compare, report } from './side-by-side.js';

const OURS = fileURLToPath(new URL('../../bin/encrypted-s3-sync.js', import.meta.url));
const KEY = 'Benchmark0Key1of2exactly3thirty2';

const original = process.env['ORIGINAL'];
if (original === undefined || !existsSync(join(original, 'encrypted-s3-sync'))) {
  console.error('bench: set ORIGINAL to a checkout of https://github.com/famzah/encrypted-s3-backup');
  process.exit(1);
}

// Node reads these certificates at each start, and nothing here needs them; cron has no such variable.
delete process.env['NODE_EXTRA_CA_CERTS'];

const folder = mkdtempSync(join(tmpdir(), 'esb-bench-'));
try {
  console.log(`${availableParallelism()} cores, Node ${process.version}`);
  await againstServer(join(original, 'encrypted-s3-sync'));
  againstInstantAws(join(original, 'encrypted-s3-sync'));
  await scale(folder, (source) => makeConfig(source));
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
    firstRun(config, environment);
    report(
      'no change, 3 files, real server: original',
      sideBySide(`${originalSync} ${config}`, config, environment, 10),
    );
    againstBareSync(environment);
    const files = makeSource('restore', numbered(5000));
    const bucket = { name: 'bench-bucket', prefix: 'restore', keyFile: join(folder, 'key') };
    await benchRestore(folder, files, makeConfig(files, 'restore'), bucket, environment);
  } finally {
    await server.stop();
  }
}

/** A no-change run of many files, and a bare `aws s3 sync` of the same. */
function againstBareSync(environment: NodeJS.ProcessEnv): void {
  const source = makeSource('many', numbered(50_000));
  const config = makeConfig(source, 'many');
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, KEY, { mode: 0o600 });
  firstRun(config, environment);
  const sync = `aws s3 sync ${source} s3://bench-bucket/many/ --no-follow-symlinks --sse-c AES256 --sse-c-key fileb://${keyFile}`;
  report('no change, 50000 files, real server: bare aws s3 sync', sideBySide(sync, config, environment, 5));
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `folder-${index % 100}/file-${index}`);
}

/** Median seconds of the other command and of ours. */
function sideBySide(other: string, config: string, environment: NodeJS.ProcessEnv, runs: number): number[] {
  return compare(folder, [other, `${process.execPath} ${OURS} ${config}`], environment, runs);
}

function firstRun(config: string, environment: NodeJS.ProcessEnv): void {
  const { status, stderr } = spawnSync(process.execPath, [OURS, config], {
    env: environment,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the first run failed: ${stderr}`);
}

/** What the scripts themselves cost. */
function againstInstantAws(originalSync: string): void {
  const source = makeSource('instant', ['one']);
  const fakes = join(folder, 'fakes');
  mkdirSync(fakes);
  const record = join(folder, 'record');
  mkdirSync(record);
  const listing = join(folder, 'listing');
  const content = join(source, 'one');
  const list = (stored: string) =>
    writeFileSync(listing, `bench/one\t${statSync(content).size}\t${stored}\t"etag"\n`);
  const answers = { bucket: 'bench-bucket', listing, content, record };
  writeFileSync(join(fakes, 'aws'), instantAws(answers));
  chmodSync(join(fakes, 'aws'), 0o755);
  const environment = { ...process.env, PATH: `${fakes}:${process.env['PATH']}` };
  const config = makeConfig(source);
  // Stored after its last change, but not since the last run.
  list('2100-01-01T00:00:00+00:00');
  firstRun(config, environment);
  list(new Date().toISOString());
  report('instant fake aws: original', sideBySide(`${originalSync} ${config}`, config, environment, 30));
}

function makeSource(name: string, files: string[]): string {
  const source = join(folder, name);
  mkdirSync(source);
  for (const file of files) {
    mkdirSync(dirname(join(source, file)), { recursive: true });
    writeFileSync(join(source, file), `content of ${file}\n`);
  }
  return source;
}

function makeConfig(source: string, prefix = 'bench'): string {
  const file = `${source}.config`;
  const lines = [
    'AWS_REGION=us-east-1',
    'AWS_BUCKET=bench-bucket',
    'AWS_RETENTION_DAYS=30',
    `LOCAL_DIR=${source}`,
    `LOCAL_LOCK=${source}.lock`,
    `REMOTE_DIR_PREFIX=${prefix}`,
    `ENCRYPTION_KEY=${KEY}`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}
