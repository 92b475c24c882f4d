// What the number of files costs: the wrapper's own memory, and how many entries a second it walks and compares.
// The files are real and empty, the bucket is a listing that a fake `aws` prints.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseListing } from '../../lib/aws/listing.js';
import { reconcile } from '../../lib/run/reconcile.js';
import { Spool } from '../../lib/run/spool.js';
import { takeStock } from '../../lib/run/take-stock.js';
import { judgeBefore } from '../../lib/run/verdicts.js';
import { bytesOf } from '../../lib/tree/bytes.js';
import { inspectFile } from '../../lib/tree/inspect.js';
import { openTree } from '../../lib/tree/tree-file.js';
import { walk } from '../../lib/tree/walk.js';
import { instantAws } from './instant-aws.js';

const OURS = fileURLToPath(new URL('../../bin/encrypted-s3-sync.js', import.meta.url));
const FILES_PER_FOLDER = 100;
const PREFIX = 'bench/';

/** Prints the figures for each number of files, and their ratio. */
export async function scale(parent: string, config: (source: string) => string): Promise<void> {
  const memory: number[] = [];
  for (const count of [100_000, 1_000_000]) {
    const folder = join(parent, `scale-${count}`);
    mkdirSync(folder);
    const source = makeTree(folder, count);
    const listing = makeListing(folder, count);
    const megabytes = memoryOfRun(folder, config(source), listing);
    memory.push(megabytes);
    console.log(`${count} files, a run in which nothing changed: ${megabytes.toFixed(0)} MB at most`);
    if (count === 100_000) await rates(folder, source, listing, count);
    rmSync(folder, { recursive: true });
  }
  const [small = Number.NaN, large = Number.NaN] = memory;
  console.log(`memory at ten times the files: ${(large / small).toFixed(2)} times`);
}

function makeTree(folder: string, count: number): string {
  const source = join(folder, 'source');
  for (let at = 0; at < count / FILES_PER_FOLDER; at += 1) {
    const path = join(source, folderName(at));
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES_PER_FOLDER; file += 1)
      closeSync(openSync(join(path, fileName(file)), 'w'));
  }
  return source;
}

/** As `aws s3api list-objects-v2` prints it. */
function makeListing(folder: string, count: number): string {
  const file = join(folder, 'listing');
  for (let at = 0; at < count / FILES_PER_FOLDER; at += 1) {
    let text = '';
    for (let index = 0; index < FILES_PER_FOLDER; index += 1)
      text += `${PREFIX}${folderName(at)}/${fileName(index)}\t0\t2100-01-01T00:00:00+00:00\t"d41d8cd98f00b204e9800998ecf8427e"\n`;
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

/** Megabytes, of the second run: the first one has left its tree and record. */
function memoryOfRun(folder: string, configFile: string, listing: string): number {
  const fakes = join(folder, 'fakes');
  const measure = join(folder, 'measure.mjs');
  const result = join(folder, 'memory');
  mkdirSync(fakes);
  const record = join(folder, 'kept');
  mkdirSync(record);
  const answers = { bucket: 'bench-bucket', listing, content: '/dev/null', record };
  writeFileSync(join(fakes, 'aws'), instantAws(answers));
  chmodSync(join(fakes, 'aws'), 0o755);
  writeFileSync(
    measure,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(result)}, String(process.resourceUsage().maxRSS)));\n`,
  );
  for (const run of ['first', 'second']) {
    const { status, stderr } = spawnSync(process.execPath, [OURS, configFile], {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${fakes}:${process.env['PATH']}`,
        NODE_OPTIONS: `--import=${measure}`,
        XDG_STATE_HOME: join(folder, 'state'),
      },
    });
    if (status !== 0) throw new Error(`the ${run} run failed: ${stderr}`);
  }
  return Number(readFileSync(result, 'utf8')) / 1024;
}

/** Entries a second. */
async function rates(folder: string, source: string, listing: string, count: number): Promise<void> {
  const root = bytesOf(source);
  const options = { localDir: source, followSymlinks: false, isExcluded: () => false };
  const entries = count + count / FILES_PER_FOLDER;
  const time = async (what: string, work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    console.log(`${what}: ${Math.round(entries / ((performance.now() - start) / 1000))} entries a second`);
  };
  await time('walk', async () => {
    for await (const _ of walk(root, options));
  });
  const notes = new Spool(join(folder, 'notes'));
  const last = await openTree(join(folder, 'kept/tree.ndjson.gz'));
  await time('walk, compared with the last tree', () =>
    takeStock(options, last.entries, notes, () => undefined),
  );
  const header = { runId: 'bench', started: new Date().toISOString(), root: source };
  const objects = parseListing(createReadStream(listing), PREFIX);
  const judge = judgeBefore((entry) => inspectFile(root, entry.key, false));
  await time('notes, compared with the listing', () =>
    reconcile({ ...options, root, header, folder }, 'bench', notes, objects, judge),
  );
}
