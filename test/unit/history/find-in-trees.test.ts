import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type DatedTree, versionsInTrees } from '../../../lib/history/find-in-trees.js';
import { matcherOf } from '../../../lib/history/name-pattern.js';
import { bytesOf, textOf } from '../../../lib/tree/bytes.js';
import type { Entry } from '../../../lib/tree/entry.js';
import { formatEntry } from '../../../lib/tree/entry-line.js';
import { TreeWriter } from '../../../lib/tree/tree-writer.js';

/** Writes a tree of files, which are given as sorted paths with their sizes. */
async function writeTree(file: string, day: number, files: Readonly<Record<string, number>>): Promise<void> {
  const writer = new TreeWriter(file, { runId: 'r', started: '2026-11-27T00:00:00.000Z', root: '/r' });
  for (const [path, size] of Object.entries(files)) {
    // Each day has another ctime, as if the mode had changed.
    const inode = { size, mtime: '1', ctime: `${day}`, mode: 0o644, uid: 0, gid: 0 };
    const entry: Entry = { key: bytesOf(path), type: 'file', inode };
    await writer.write(entry, formatEntry(entry, { membersOf: () => '' }));
  }
  await writer.close();
}

async function writeTrees(
  t: TestContext,
  ...days: Readonly<Record<string, number>>[]
): Promise<readonly DatedTree[]> {
  const folder = mkdtempSync(join(tmpdir(), 'esb-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const trees = days.map((_, day) => ({ file: join(folder, `${day}`), stored: day, lastSeen: day }));
  for (const [day, files] of days.entries()) await writeTree(join(folder, `${day}`), day, files);
  return trees;
}

async function found(trees: readonly DatedTree[], pattern: string): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for await (const { entry, firstSeen, lastSeen } of versionsInTrees(trees, matcherOf(pattern)))
    rows.push([textOf(entry.key), entry.inode.size, firstSeen, lastSeen]);
  return rows;
}

test('a version is found once, from the first to the last tree that has it', async (t) => {
  const trees = await writeTrees(t, { a: 1, b: 1 }, { a: 1 }, { a: 2, b: 1 }, { a: 1, ä: 3 }, { a: 1 });
  assert.deepEqual(await found(trees, '*'), [
    ['a', 1, 0, 1],
    ['a', 2, 2, 2],
    ['a', 1, 3, 4],
    ['b', 1, 0, 2],
    ['ä', 3, 3, 3],
  ]);
  assert.deepEqual(await found(trees, 'Ä'), [['ä', 3, 3, 3]]);
  const [first, ...others] = trees as [DatedTree, ...DatedTree[]];
  assert.deepEqual(await found([{ ...first, lastSeen: 0.5 }, ...others.slice(1)], 'b'), [['b', 1, 0, 2]]);
  assert.deepEqual(await found([{ ...first, lastSeen: 0.5 }], 'b'), [['b', 1, 0, 0.5]]);
  assert.deepEqual(await found(trees.slice(1, 2), '?'), [['a', 1, 1, 1]]);
  assert.deepEqual(await found([], '*'), []);
});

test('a pattern with a slash matches the whole path, and one without it the name', () => {
  const matching = (pattern: string) =>
    ['letters/anna.txt', 'letters/old/[b].TXT', 'letters/'].filter((path) =>
      matcherOf(pattern)(bytesOf(path)),
    );
  assert.deepEqual(matching('*.txt'), ['letters/anna.txt', 'letters/old/[b].TXT']);
  assert.deepEqual(matching('letters/*a.txt'), ['letters/anna.txt']);
  assert.deepEqual(matching('[!a]*.txt'), ['letters/old/[b].TXT']);
  assert.deepEqual(matching('letters'), ['letters/anna.txt', 'letters/old/[b].TXT', 'letters/']);
  assert.deepEqual(matching('l*s'), ['letters/']);
});

test('a range that runs backwards, as [X-c] does in lower case, matches nothing', () => {
  for (const [pattern, path, expected] of [
    ['[X-c]', 'x', false],
    ['[X-c]*.txt', 'b.txt', false],
    ['[z-ab]', 'b', true],
    ['[!z-a]', 'z', true],
  ] as const)
    assert.equal(matcherOf(pattern)(bytesOf(path)), expected, pattern);
});
