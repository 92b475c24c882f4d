// What the number of files costs: the wrapper's own memory, and how many entries a second it walks and compares.
// The files are real and empty, the bucket is a listing that a fake `aws` prints.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  futimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instantAws } from './instant-aws.js';

const BIN = fileURLToPath(new URL('../../bin', import.meta.url));
const FILES_PER_FOLDER = 100;
const PREFIX = 'bench/';

/** When every object was stored, which is also when every file was modified. */
const STORED = '2020-01-01T00:00:00+00:00';
/** Surely after a file's last change: what the first run is told, so that it takes all for proven. */
const LATER = '2100-01-01T00:00:00+00:00';

/** Prints the figures for each number of files, and their ratios. */
export async function scale(parent: string, makeConfig: (source: string) => string): Promise<void> {
  const memory: { readonly run: number; readonly restore: number }[] = [];
  for (const count of [100_000, 1_000_000]) {
    const folder = join(parent, `scale-${count}`);
    mkdirSync(folder);
    const source = makeTree(folder, count);
    const listing = makeListing(folder, count, LATER);
    const config = makeConfig(source);
    const environment = instantEnvironment(folder, listing, source);
    // The first one leaves its tree and record.
    memoryOf('sync', [config], folder, environment);
    makeListing(folder, count, new Date().toISOString());
    const run = memoryOf('sync', [config], folder, environment);
    makeListing(folder, count, STORED);
    const restored = ['--config', config, join(folder, 'restored')];
    const restore = memoryOf('download-dir', restored, folder, environment);
    memory.push({ run, restore });
    console.log(`${count} files, a run in which nothing changed: ${run.toFixed(0)} MB at most`);
    console.log(`${count} files, a restore: ${restore.toFixed(0)} MB at most`);
    makeListing(folder, count, new Date().toISOString());
    rmSync(folder, { recursive: true });
  }
  const [small, large] = memory;
  for (const what of ['run', 'restore'] as const) {
    const times = (large?.[what] ?? Number.NaN) / (small?.[what] ?? Number.NaN);
    console.log(`memory of a ${what} at ten times the files: ${times.toFixed(2)} times`);
  }
}

function makeTree(folder: string, count: number): string {
  const source = join(folder, 'source');
  for (let at = 0; at < count / FILES_PER_FOLDER; at += 1) {
    const path = join(source, folderName(at));
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES_PER_FOLDER; file += 1) {
      const descriptor = openSync(join(path, fileName(file)), 'w');
      futimesSync(descriptor, new Date(STORED), new Date(STORED));
      closeSync(descriptor);
    }
  }
  return source;
}

/** As `aws s3api list-objects-v2` prints it. */
function makeListing(folder: string, count: number, stored: string): string {
  const file = join(folder, 'listing');
  rmSync(file, { force: true });
  for (let at = 0; at < count / FILES_PER_FOLDER; at += 1) {
    let text = '';
    for (let index = 0; index < FILES_PER_FOLDER; index += 1)
      text += `${PREFIX}${folderName(at)}/${fileName(index)}\t0\t${stored}\t"d41d8cd98f00b204e9800998ecf8427e"\n`;
    appendFileSync(file, text);
  }
  return file;
}

function folderName(at: number): string {
  return `folder-${`${at}`.padStart(6, '0')}`;
}

function fileName(at: number): string {
  return `a file of some name ${`${at}`.padStart(6, '0')}.txt`.replaceAll(' ', '-');
}

/** With an `aws` that costs nothing, and a Node that tells of its memory at its end. */
function instantEnvironment(folder: string, listing: string, objects: string): NodeJS.ProcessEnv {
  const fakes = join(folder, 'fakes');
  const record = join(folder, 'kept');
  const measure = join(folder, 'measure.mjs');
  mkdirSync(fakes);
  mkdirSync(record);
  const answers = { bucket: 'bench-bucket', listing, content: '/dev/null', record, objects };
  writeFileSync(join(fakes, 'aws'), instantAws(answers));
  chmodSync(join(fakes, 'aws'), 0o755);
  writeFileSync(
    measure,
    `import { writeFileSync } from 'node:fs';
const result = ${JSON.stringify(memoryFile(folder))};
process.on('exit', () => writeFileSync(result, String(process.resourceUsage().maxRSS)));\n`,
  );
  return {
    ...process.env,
    PATH: `${fakes}:${process.env['PATH']}`,
    NODE_OPTIONS: `--import=${measure}`,
    XDG_STATE_HOME: join(folder, 'state'),
  };
}

function memoryFile(folder: string): string {
  return join(folder, 'memory');
}

/** Megabytes. */
function memoryOf(command: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv): number {
  const program = join(BIN, `encrypted-s3-${command}.js`);
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  return Number(readFileSync(memoryFile(folder), 'utf8')) / 1024;
}
