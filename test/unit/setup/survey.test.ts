import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSuggestion } from '../../../lib/setup/suggestions.js';
import { subtractSuggested, survey } from '../../../lib/setup/survey.js';
import { type Bytes, bytesOf } from '../../../lib/tree/bytes.js';
import type { Entry, Inode, Obstacle } from '../../../lib/tree/entry.js';
import type { Batches } from '../../../lib/tree/streams/batches.js';

type Found = Entry | Obstacle;

const inode = (size: number): Inode => ({ size, mtime: '0', ctime: '0', mode: 0o644, uid: 0, gid: 0 });

/** The entries of a walk. Keys of folders end in `/`, numbers are sizes of files, and words are reasons of obstacles. */
function found(tree: Readonly<Record<string, number | 'unreadable' | 'special' | ''>>): Found[] {
  return Object.entries(tree)
    .map(([path, what]): Found => {
      const key = bytesOf(path);
      if (typeof what === 'number') return { key, type: 'file', inode: inode(what) };
      return what === ''
        ? { key, type: 'directory', inode: inode(0) }
        : { key, type: 'obstacle', reason: what };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function* inBatches(entries: readonly Found[]): Batches<Found> {
  for (const entry of entries) yield [entry];
}

const surveyed = (tree: Parameters<typeof found>[0]) => survey(inBatches(found(tree)), () => false);

test('a survey of the whole system skips file systems in memory, but not folders of such names elsewhere', async () => {
  const tree = {
    'proc/': '',
    'proc/1': 5,
    'proc/2': 'unreadable',
    'home/': '',
    'home/proc/': '',
    'home/proc/x': 1,
  } as const;
  const whole = await survey(inBatches(found(tree)), () => false, true);
  assert.deepEqual(
    whole.suggestions.map(({ patterns, totals }) => [[...patterns], totals.files]),
    [[['proc/*'], 1]],
  );
  const { suggestions } = await surveyed(tree);
  assert.deepEqual(
    suggestions.map(({ patterns }) => [...patterns]),
    [['proc/2']],
  );
});

test('caches and packages are suggested by the names of their folders, each added up', async () => {
  const { totals, suggestions } = await surveyed({
    'a/': '',
    'a/b': 10,
    'a/node_modules/': '',
    'a/node_modules/x/': '',
    'a/node_modules/x/node_modules/': '',
    'a/node_modules/x/node_modules/y': 200_000,
    'a/node_modules/z': 5,
    'node_modules/': '',
    'node_modules/q': 7,
    '.cache/': '',
    '.cache/r': 1,
    'my.cache': 3,
  });
  assert.deepEqual(totals, { files: 6, bytes: 200_026, billedBytes: 200_000 + 5 * 131_072 });
  assert.deepEqual(
    suggestions.map(({ patterns, totals: { files, bytes }, isMadeAgain }) => [
      [...patterns],
      files,
      bytes,
      isMadeAgain,
    ]),
    [
      [['.cache/*'], 1, 1, true],
      [['*/node_modules/*', 'node_modules/*'], 3, 200_012, true],
    ],
  );
  assert.deepEqual(subtractSuggested(totals, suggestions), { files: 2, bytes: 13, billedBytes: 2 * 131_072 });
  assert.match(
    suggestions.map(describeSuggestion)[1] ?? '',
    /^"node_modules": packages that npm installs again \(3 files, 195\.3 KiB\)$/,
  );
});

test('folders with a CACHEDIR.TAG are suggested for EXCLUDE_CACHES, which has no pattern', async () => {
  const { suggestions } = await surveyed({ 'c/': '', 'c/CACHEDIR.TAG': 43, 'c/d/': '', 'c/d/e': 100, f: 1 });
  assert.deepEqual(
    suggestions.map(({ patterns, totals }) => [patterns.size, totals.bytes]),
    [[0, 143]],
  );
});

test('live databases are suggested for exclusion, as files that nothing makes again', async () => {
  const { suggestions } = await surveyed({
    'pg[1]/': '',
    'pg[1]/PG_VERSION': 3,
    'pg[1]/base/': '',
    'pg[1]/base/1/': '',
    'pg[1]/base/1/PG_VERSION': 3,
    'pg[1]/base/1/2': 8192,
    'app.db': 4096,
    'app.db-shm': 32,
    'app.db-wal': 100,
    'other.db': 1,
  });
  assert.deepEqual(
    suggestions.map(({ patterns, totals, isMadeAgain }) => [[...patterns], totals.bytes, isMadeAgain]),
    [
      [['app.db*'], 4196, false],
      [['pg[[]1]/*'], 8198, false],
    ],
  );
});

test('all that cannot be read is one suggestion, and special files are counted', async () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`u${at}`, 'unreadable' as const]));
  const { suggestions, specialFiles } = await surveyed({ ...many, 'v/': 'unreadable', fifo: 'special' });
  assert.equal(specialFiles, 1);
  assert.equal(suggestions[0]?.patterns.size, 20);
  assert.match(
    describeSuggestion(suggestions[0]),
    /^"u0": can't be read by this user, and 30 others like it$/,
  );
});

test('a survey whose time is up counts what it has seen', async () => {
  const entries = found({ a: 1, b: 2, c: 3 });
  let turns = 0;
  const { totals, isComplete } = await survey(inBatches(entries), () => ++turns === 2);
  assert.deepEqual([totals.files, isComplete], [2, false]);
  assert.equal((await surveyed({ ['a' as Bytes]: 1 })).isComplete, true);
});
