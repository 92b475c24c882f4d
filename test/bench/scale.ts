// How memory depends on the number of files, in runs without changes and in a restore. The files are real and empty, and
// the bucket is a listing that a fake `aws` prints.
import {
  appendFileSync,
  chmodSync,
  closeSync,
  futimesSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Bench, BIN, BUCKET } from './bench-world.js';
import { instantAws } from './instant-aws.js';
import { memoryOf } from './memory.js';

const FILES_PER_FOLDER = 100;
const PREFIX = 'scale/';
const MOST_MEGABYTES = 150;

/** The time at which every object was stored, and the mtime of every file. */
const STORED = '2020-01-01T00:00:00+00:00';
/** The time of the objects in the first run: after every file's ctime, so that all files are proven. */
const LATER = '2100-01-01T00:00:00+00:00';

/** Prints the memory for each number of files, and the ratios. */
export async function scale(bench: Bench): Promise<void> {
  const memory: Readonly<Record<string, number>>[] = [];
  for (const count of [100_000, 1_000_000]) {
    const folder = join(bench.folder, `scale-${count}`);
    mkdirSync(folder);
    const source = makeTree(folder, count);
    const listing = makeListing(folder, count, LATER);
    const config = bench.makeConfig(source, PREFIX.slice(0, -1));
    const env = instantEnvironment(bench.env, folder, listing, source);
    // The first run stores its tree and record.
    memoryOf([programOf('sync'), config], folder, env);
    makeListing(folder, count, new Date().toISOString());
    const full = memoryOf([programOf('sync'), '--full', config], folder, env);
    const quick = memoryOf([programOf('sync'), config], folder, env);
    makeListing(folder, count, STORED);
    const restore = memoryOf(
      [programOf('download-dir'), '--config', config, join(folder, 'restored')],
      folder,
      env,
    );
    memory.push({ 'a full run': full, 'a quick run': quick, 'a restore': restore });
    for (const [what, megabytes] of Object.entries(memory.at(-1) ?? {}))
      console.log(`${count} files, memory of ${what}: ${megabytes.toFixed(0)} MB${limitOf(what)}`);
    rmSync(folder, { recursive: true });
  }
  const [small = {}, large = {}] = memory;
  for (const [what, megabytes] of Object.entries(large)) {
    const ratio = (megabytes / (small[what] ?? Number.NaN)).toFixed(2);
    console.log(`memory of ${what} at ten times the files: ratio ${ratio} (at most 1.2)`);
  }
}

function limitOf(what: string): string {
  return what.endsWith('run') ? ` (at most ${MOST_MEGABYTES})` : '';
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

/** Writes a listing as `aws s3api list-objects-v2` prints it. */
function makeListing(folder: string, count: number, stored: string): string {
  const file = join(folder, 'listing');
  rmSync(file, { force: true });
  for (let at = 0; at < count / FILES_PER_FOLDER; at += 1) {
    let text = '';
    for (let index = 0; index < FILES_PER_FOLDER; index += 1)
      text += `[["${PREFIX}${folderName(at)}/${fileName(index)}",0,"${stored}","d41d8cd98f00b204e9800998ecf8427e"]]\n`;
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

/** An environment with an instant `aws`. */
function instantEnvironment(
  inherited: NodeJS.ProcessEnv,
  folder: string,
  listing: string,
  objects: string,
): NodeJS.ProcessEnv {
  const fakes = join(folder, 'fakes');
  const record = join(folder, 'kept');
  mkdirSync(fakes);
  mkdirSync(record);
  const answers = { bucket: BUCKET, listing, content: '/dev/null', record, objects };
  writeFileSync(join(fakes, 'aws'), instantAws(answers));
  chmodSync(join(fakes, 'aws'), 0o755);
  return {
    ...inherited,
    PATH: `${fakes}:${inherited['PATH']}`,
    XDG_STATE_HOME: join(folder, 'state'),
  };
}

function programOf(command: string): string {
  return join(BIN, `encrypted-s3-${command}.js`);
}
