import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DraftLine } from '../../../../lib/backup/scan/draft.js';
import { batchLimits, openFilesLimit, splitIntoBatches } from '../../../../lib/backup/upload/batches.js';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import { formatEntry } from '../../../../lib/tree/entry-line.js';

const MIB = 2 ** 20;
const PLENTY = 1_000_000;

test('the processes and the files for each follow from the number of files, their bytes and the descriptors', () => {
  const cases: readonly [string, [number, number, number, number], [number, number]][] = [
    // Case: files, bytes, UPLOAD_PROCESSES, descriptors → processes, files in a batch.
    ['nothing', [0, 0, 4, PLENTY], [1, 100]],
    ['one file', [1, 1, 4, PLENTY], [1, 100]],
    ['too few files for a second process', [100, 100, 4, PLENTY], [1, 100]],
    ['one more', [101, 101, 4, PLENTY], [2, 100]],
    ['an equal share for each process', [600, 600, 4, PLENTY], [4, 150]],
    ['the maximum of a batch', [100_000, 1, 4, PLENTY], [4, 1000]],
    ['a single process by UPLOAD_PROCESSES', [100_000, 1, 1, PLENTY], [1, 1000]],
    ['few large files', [3, 1000 * MIB, 4, PLENTY], [3, 100]],
    ['two files of 64 MiB together', [2, 64 * MIB, 4, PLENTY], [1, 100]],
    ['two files of more than 64 MiB together', [2, 64 * MIB + 1, 4, PLENTY], [2, 100]],
    ['few descriptors', [100_000, 1, 4, 1024], [4, 224]],
    ['hardly any', [100_000, 1, 4, 140], [4, 3]],
    ['no descriptors to spare', [100_000, 1, 4, 64], [4, 1]],
  ];
  for (const [what, [count, bytes, processes, openFiles], [used, files]] of cases)
    assert.deepEqual(batchLimits({ count, bytes }, processes, openFiles), { processes: used, files }, what);
});

test('the limit of descriptors is read from the process', () => {
  assert.ok(openFilesLimit() >= 64);
});

function due(path: string, size = 1): DraftLine {
  const inode = { size, mtime: '1', ctime: '1', mode: 0o644, uid: 0, gid: 0 };
  const key = bytesOf(path);
  const line = formatEntry({ key, type: 'file', inode }, { membersOf: () => '' });
  return { key, state: 'due', id: '1:1', unchangedSince: 0, line };
}

/** The paths in each batch, as text; brackets mark a file that travels alone because of its name. */
async function batchesOf(lines: readonly DraftLine[], files: number): Promise<string[]> {
  async function* each() {
    yield* lines;
  }
  const texts: string[] = [];
  for await (const batch of splitIntoBatches(each(), { processes: 1, files })) {
    assert.equal(batch.number, texts.length + 1);
    const paths = batch.files.map(({ path }) => path).join(' ');
    texts.push(batch.isAlone ? `[${paths}]` : paths);
  }
  return texts;
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `${at}`.padStart(3, '0'));

test('the first batch is small, and no batch has more files than it may', async () => {
  const cases: readonly [number, number, number[]][] = [
    // Files, maximum in a batch → sizes of the batches.
    [0, 100, []],
    [1, 100, [1]],
    [10, 100, [10]],
    [11, 100, [10, 1]],
    [110, 100, [10, 100]],
    [111, 100, [10, 100, 1]],
    [7, 3, [3, 3, 1]],
    [3, 1, [1, 1, 1]],
  ];
  for (const [count, files, sizes] of cases) {
    const batches = await batchesOf(
      numbered(count).map((path) => due(path)),
      files,
    );
    assert.deepEqual(
      batches.map((it) => it.split(' ').length),
      sizes,
      `${count} files, ${files} a batch`,
    );
    assert.deepEqual(batches.join(' '), numbered(count).join(' '), 'in their order, none left out');
  }
});

test('a batch has no more than 512 MiB, unless it is a single file', async () => {
  const sizes: readonly [string, number][] = [
    ['a', 256 * MIB],
    ['b', 256 * MIB],
    ['c', 1],
    ['d', 600 * MIB],
    ['e', 0],
    ['f', 1],
  ];
  const lines = sizes.map(([path, size]) => due(path, size));
  assert.deepEqual(await batchesOf(lines, 100), ['a b', 'c', 'd', 'e f']);
});

test('a file travels alone if the output, or a folder of links, cannot hold its name', async () => {
  const deep = (names: number) => Array.from({ length: names }, () => 'd').join('/');
  const odd = ['b\nc', 'b to s3://c', deep(101), 'x'.repeat(1025)];
  for (const path of odd) {
    assert.deepEqual(await batchesOf([due('a'), due(path), due('z')], 100), ['a', `[${path}]`, 'z']);
    assert.deepEqual(await batchesOf([due(path)], 100), [`[${path}]`]);
  }
  assert.deepEqual(await batchesOf([due('b\n1'), due('b\n2')], 100), ['[b\n1]', '[b\n2]']);
  for (const path of [deep(100), 'x'.repeat(1024)])
    assert.deepEqual(await batchesOf([due('a'), due(path), due('z')], 100), [`a ${path} z`]);
});
