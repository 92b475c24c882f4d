// What all commands have in common: --quiet, --verbose, --no-progress, --color, NO_COLOR, and the form of usage errors.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { umbrella } from '../../bin/commands/umbrella.js';
import { EASY_KEY } from '../fakes/sandbox.js';
import type { BucketWorld } from './bucket-world.js';
import { threeRuns } from './history-world.js';
import { CLEAR_LINE, screenOf } from './screen.js';

const RED = '\x1b[31m';

interface Row {
  /** The arguments beside the config. */
  readonly words: readonly string[];
  readonly input?: string;
  /** The arguments with which the command fails; by default it fails without a config. */
  readonly failing?: readonly string[];
  /** The output even with --quiet: the answer that the command is for. */
  readonly shown?: RegExp;
}

const CONFIRMED = `\n${EASY_KEY}\n\nyes\n`;

/** A call of each command that succeeds. The last ones change what the others read. */
const ROWS: Readonly<Record<string, Row>> = {
  sync: { words: [] },
  status: { words: [], shown: /Last run/ },
  doctor: { words: [], shown: /LOCAL_DIR/ },
  runs: { words: [], shown: /\t/ },
  ls: { words: [], shown: /^a$/m },
  find: { words: ['a'], shown: /\ta$/m },
  diff: { words: ['2 days ago'], shown: /^M\ta$/m },
  'list-versions': { words: [], shown: /\tpc\/docs\/a$/m },
  'upload-key': { words: [], input: CONFIRMED, shown: /confirm/ },
  'download-key': { words: [], input: `${EASY_KEY}\n`, shown: /ORIGINAL_KEY/ },
  'download-file': { words: ['a', '-'], shown: /^content$/ },
  'download-dir': { words: ['DESTINATION'] },
  restore: { words: ['DESTINATION'] },
  init: {
    words: ['--iam', '--bucket', 'b', '--prefix', 'pc'],
    failing: ['--iam'],
    shown: /s3:PutObject/,
  },
  schedule: { words: ['--show'] },
  undelete: { words: [] },
  rollback: { words: ['--at', 'yesterday', '--yes'] },
};

/** The first word of each message, without the tag of `sync`. */
function firstWords(stderr: string): string[] {
  return stderr
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.replace(/^encrypted-s3-sync\[\d+\]: /, '').replace(/ .*/, ''));
}

let destinations = 0;

function wordsFor(world: BucketWorld, name: string, { words }: Row): string[] {
  destinations += 1;
  const destination = join(world.folder, `destination-${destinations}`);
  const config = name === 'init' ? [] : ['--config', world.configFile];
  return [name, ...config, ...words.map((word) => (word === 'DESTINATION' ? destination : word))];
}

test('the table of this test has every command', () => {
  const names = umbrella().commands.map((it) => it.name());
  assert.deepEqual(Object.keys(ROWS).sort(), names.filter((it) => !['complete', 'help'].includes(it)).sort());
});

test('--quiet, --verbose and --no-progress do the same in every command', async (t) => {
  const world = await threeRuns(t);
  const verbose: string[] = [];
  for (const [name, row] of Object.entries(ROWS)) {
    const { input } = row;
    if (name === 'undelete') await deleteAgain(world);
    const words = [...wordsFor(world, name, row), '--quiet'];
    const quiet = await world.run('encrypted-s3', words, { input: input ?? '' });
    assert.match(quiet.stdout, row.shown ?? /^$/, `${name} --quiet`);
    // Questions are shown even with --quiet.
    for (const word of input === undefined ? firstWords(quiet.stderr) : [])
      assert.match(word, /^(ERROR|WARNING|HINT):$/, `${name} --quiet: ${quiet.stderr}`);

    if (name === 'undelete') await deleteAgain(world);
    rmSync(join(world.folder, 'syslog'), { force: true });
    const verboseWords = [...wordsFor(world, name, row), '--verbose', '--no-progress'];
    const shown =
      input === undefined
        ? (await screenOf(world, verboseWords)).text.replaceAll('\r\n', '\n')
        : (await world.run('encrypted-s3', verboseWords, { input })).stderr;
    assert.ok(!shown.includes(CLEAR_LINE), `${name} --no-progress: ${shown}`);
    const sent = world.syslog().map((line) => line.replace(/^<\d+>/, ''));
    for (const line of sent)
      assert.ok(stripVTControlCharacters(shown).includes(`${line}\n`), `${name} --verbose: ${line}`);
    if (sent.some((line) => !/^(ERROR|WARNING|HINT): /.test(line))) verbose.push(name);
  }
  assert.ok(verbose.includes('sync'), `${verbose}`);
});

async function deleteAgain(world: BucketWorld): Promise<void> {
  rmSync(join(world.source, 'new'), { force: true });
  assert.equal((await world.sync()).code, 0);
}

test('--color colours the first word of a message, as a terminal does without NO_COLOR', async (t) => {
  const world = await threeRuns(t);
  for (const [name, row] of Object.entries(ROWS)) {
    const words = [name, '--config', '/nowhere/config', ...(row.failing ?? row.words)];
    const piped = async (...options: string[]) => {
      const { stdout, stderr } = await world.run('encrypted-s3', [...words, ...options]);
      return name === 'doctor' ? stdout : stderr;
    };
    const shown = async (environment: NodeJS.ProcessEnv, ...options: string[]) =>
      (await screenOf(world, [...words, ...options], { environment })).text;
    const NO_COLOR = '1';
    assert.ok((await piped('--color', 'always')).includes(RED), `${name} --color always`);
    assert.ok((await shown({})).includes(RED), `${name} on a terminal`);
    assert.ok(!(await shown({ NO_COLOR })).includes(RED), `${name} with NO_COLOR`);
    if (name !== 'ls') continue;
    assert.ok(!(await piped()).includes(RED));
    assert.ok(!(await shown({}, '--color=never')).includes(RED));
    assert.ok((await shown({ NO_COLOR }, '--color=always')).includes(RED));
  }
});

test('a usage error prints the error, the usage, and how to get help', async (t) => {
  const world = await threeRuns(t);
  for (const [words, expected] of [
    [['find'], "error: missing required argument 'pattern'\nUsage: encrypted-s3 find [options] <pattern>\n"],
    [['find', 'a', 'b'], "error: too many arguments for 'find'. Expected 1 argument but got 2.\nUsage: "],
    [
      ['stauts'],
      "error: unknown command 'stauts'\n(Did you mean status?)\nUsage: encrypted-s3 <command> [options]",
    ],
    [
      ['--quiet', 'sync'],
      "error: unknown option '--quiet'; a command's options come after its name\nUsage: ",
    ],
    [['ls', '--al'], "error: unknown option '--al'\n"],
    [['runs', '--last', 'x'], "error: option '--last <count>' argument 'x' is invalid. It must be"],
  ] as const) {
    const { code, stdout, stderr } = await world.run('encrypted-s3', words);
    assert.deepEqual([code, stdout], [1, '']);
    assert.ok(stderr.startsWith(expected), stderr);
    assert.match(stderr, /\nTry "encrypted-s3 (\w+ )?--help"\.\n$/);
  }
});
