// `find` and `diff` over the trees of thirty days, which are stored in a real bucket one after the other, without runs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runFolderKey, TREE } from '../../lib/records/last-run.js';
import { bytesOf } from '../../lib/tree/bytes.js';
import type { Entry } from '../../lib/tree/entry.js';
import { formatEntry } from '../../lib/tree/entry-line.js';
import { TreeWriter } from '../../lib/tree/tree-writer.js';
import { type Bench, BIN, BUCKET, run } from './bench-world.js';
import { measure, report } from './measure.js';
import { memoryOf } from './memory.js';

const DAYS = 30;
const COUNTS = [10_000, 100_000];
/** So many files change on each day. */
const CHANGED = 100;
const ROUNDS = 3;
const LIMITS: Readonly<Record<string, number>> = {
  'find --all of one file': 4,
  'find --all of every file': 10,
  'diff of the first and the last day': 2,
};
const PROGRAM = join(BIN, 'encrypted-s3.js');

export async function history(bench: Bench): Promise<void> {
  const { env } = await bench.server();
  const memory: Record<string, number>[] = [];
  for (const count of COUNTS) {
    const { config, since, plain } = await makeHistory(bench, env, count);
    const questions = {
      'find --all of one file': ['find', '--all', 'file-004711.txt'],
      'find --all of every file': ['find', '--all', '*'],
      'diff of the first and the last day': ['diff', since],
    };
    const commands = Object.entries(questions).map(
      ([name, words]) => [name, [PROGRAM, ...words, '--config', config]] as const,
    );
    // The first command downloads the trees.
    memory.push(
      Object.fromEntries(commands.map(([name, words]) => [name, memoryOf(words, bench.folder, env)])),
    );
    if (count < Math.max(...COUNTS)) continue;
    const ours = commands.map(([name, words]) => [name, { command: [process.execPath, ...words].join(' ') }]);
    const options = { folder: bench.folder, env, rounds: ROUNDS, warmsUp: false };
    const { grep, ...seconds } = await measure(
      { grep: { command: `bash ${plain}` }, ...Object.fromEntries(ours) },
      options,
    );
    for (const [name, time] of Object.entries<number>(seconds))
      report(`${count} files, ${DAYS} trees, ${name}`, time, 'zcat | grep', grep ?? Number.NaN, LIMITS[name]);
  }
  const [small = {}, large = {}] = memory;
  for (const [name, megabytes] of Object.entries(large)) {
    const ratio = (megabytes / (small[name] ?? Number.NaN)).toFixed(2);
    console.log(
      `memory of ${name}: ${megabytes.toFixed(0)} MB (at most 250), of ten times the files: ratio ${ratio} (at most 1.6)`,
    );
  }
}

interface History {
  readonly config: string;
  /** A time between the first and the second tree. */
  readonly since: string;
  /** A script that finds one file in trees on disk, with `zcat` and `grep`. */
  readonly plain: string;
}

async function makeHistory(bench: Bench, env: NodeJS.ProcessEnv, count: number): Promise<History> {
  const name = `history-${count}`;
  const config = bench.makeConfig(bench.makeSource(name, ['file']), name);
  const trees = join(bench.folder, `${name}.trees`);
  mkdirSync(trees);
  let since = '';
  for (let day = 0; day < DAYS; day += 1) {
    const file = join(trees, `${`${day}`.padStart(2, '0')}.ndjson.gz`);
    await writeTree(file, count, day);
    const key = ['--sse-c', 'AES256', '--sse-c-key', `fileb://${bench.keyFile}`];
    run(['aws', 's3', 'cp', file, `s3://${BUCKET}/${runFolderKey(`${name}/`)}${TREE}`, ...key], env);
    if (day > 0) continue;
    since = new Date().toISOString();
    // S3 reports times in whole seconds.
    await wait(1100);
  }
  const plain = `${trees}.sh`;
  writeFileSync(plain, `zcat ${trees}/*.gz | grep -c file-004711.txt\n`);
  return { config, since, plain };
}

async function writeTree(file: string, count: number, day: number): Promise<void> {
  const header = { runId: `day-${day}`, started: new Date().toISOString(), root: '/home/user32/documents' };
  const writer = new TreeWriter(file, header);
  for (let index = 0; index < count; index += 1) {
    const entry = entryOf(index, day, count);
    await writer.write(entry, formatEntry(entry, { membersOf: () => ',"user":"user32","group":"users"' }));
  }
  await writer.close();
}

/** The entry of a file, which changes at most once, on a day that depends on its number. */
function entryOf(index: number, day: number, count: number): Entry {
  const changes = Math.floor(((index * DAYS * CHANGED) / count) % DAYS);
  const version = index % Math.ceil(count / (DAYS * CHANGED)) === 0 && changes <= day ? changes : 0;
  const six = (number: number) => `${number}`.padStart(6, '0');
  const time = `${1_700_000_000 + version * 86_400}000000000`;
  return {
    key: bytesOf(`folder-${six(Math.floor(index / 100))}/file-${six(index)}.txt`),
    type: 'file',
    inode: {
      size: 1000 + version,
      mtime: time,
      ctime: time,
      mode: 0o644,
      uid: 1000,
      gid: 1000,
      ino: index + 1,
    },
  };
}
