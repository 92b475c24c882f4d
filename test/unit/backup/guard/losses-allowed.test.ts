import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertLossesAllowed,
  countLossesStillStored,
  LossCounter,
  reasonToRefuse,
} from '../../../../lib/backup/guard/losses.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';
import type { Batches } from '../../../../lib/tree/streams/batches.js';

const BACKUP = { localDir: '/data', maxDeletePercent: 50, flags: { allowsMassDelete: false } };

const TABLE: readonly [
  gone: number,
  mayBeLost: number,
  onDisk: number,
  percent: number,
  ReturnType<typeof reasonToRefuse>,
][] = [
  // Nothing is gone.
  [0, 0, 0, 50, undefined],
  [0, 100, 100, 0, undefined],
  // No file is left.
  [1, 1, 0, 50, 'none left'],
  [1, 1, 0, 100, 'none left'],
  [500, 500, 0, 100, 'none left'],
  // Other files have replaced them.
  [20, 20, 1, 50, undefined],
  [21, 21, 1, 50, 'too many gone'],
  [21, 21, 1, 100, undefined],
  // Up to 20 files may always go.
  [20, 21, 1, 0, undefined],
  [21, 1_000_000, 999_979, 0, 'too many gone'],
  // More files may go up to MAX_DELETE_PERCENT.
  [50, 100, 50, 50, undefined],
  [51, 100, 49, 50, 'too many gone'],
  [51, 101, 50, 50, 'too many gone'],
  [25, 100, 75, 25, undefined],
  [26, 100, 74, 25, 'too many gone'],
  [1000, 1999, 999, 50, 'too many gone'],
  // New files on disk do not count, since the bucket does not have them.
  [28, 30, 1002, 50, 'too many gone'],
];

for (const [gone, mayBeLost, onDisk, maxDeletePercent, expected] of TABLE) {
  test(`the guard says "${expected ?? 'go on'}" where ${gone} of ${mayBeLost} are gone, ${onDisk} are on disk, and MAX_DELETE_PERCENT=${maxDeletePercent}`, () => {
    const counts = { gone, mayBeLost, onDisk };
    assert.equal(reasonToRefuse(counts, { maxDeletePercent, flags: { allowsMassDelete: false } }), expected);
    assert.equal(reasonToRefuse(counts, { maxDeletePercent, flags: { allowsMassDelete: true } }), undefined);
  });
}

const names = (count: number, folder: string) =>
  Array.from({ length: count }, (_, number) => bytesOf(`${folder}/${String(number).padStart(3, '0')}`));

/** Counts 60 kept files, 30 others of which `gone` are gone, and 5 that the backup does not have. */
function countLosses(gone: number): LossCounter {
  const counter = new LossCounter();
  for (const key of names(60, 'kept')) counter.add(key, true, 'kept');
  for (const key of names(5, 'new')) counter.add(key, false, 'on disk');
  for (const [at, key] of names(30, 'real').entries()) counter.add(key, true, at < gone ? 'gone' : 'on disk');
  return counter;
}

test('kept files are not among those that could be lost', () => {
  const { gone, mayBeLost, kept, onDisk, first, emptiedFolders } = countLosses(28);
  assert.deepEqual([gone, mayBeLost, kept, onDisk], [28, 30, 60, 7]);
  assert.deepEqual([first, emptiedFolders], [names(10, 'real'), []]);
  assert.deepEqual(countLosses(30).emptiedFolders, ['real/']);
});

test('the message of the guard also names the files that it does not count', () => {
  assert.throws(() => assertLossesAllowed(countLosses(28), BACKUP), {
    exitCode: 4,
    message: [
      '28 of the 30 files in the backup are gone from LOCAL_DIR "/data", more than MAX_DELETE_PERCENT=50 allows: they would be deleted.',
      `Gone: ${names(10, 'real')
        .map((key) => `"${key}"`)
        .join(', ')}, and 18 more.`,
      'Not counted: 60 files not proven to be gone, whose objects stay.',
    ].join('\n'),
  });
  assertLossesAllowed(countLosses(15), BACKUP);
});

async function* keyed(keys: readonly Bytes[]): Batches<{ readonly key: Bytes }> {
  for (const key of keys) yield [{ key }];
}

test('a file that is gone, and deleted in the bucket already, counts neither as gone nor as one that could be lost', async () => {
  const gone = names(28, 'real');
  const still = [...gone.slice(3, 12), ...gone.slice(20)];
  const listed = [bytesOf('a/foreign'), ...still, bytesOf('z/foreign')];
  const losses = await countLossesStillStored(countLosses(28), keyed(gone), keyed(listed));
  assert.deepEqual(losses, {
    gone: 17,
    mayBeLost: 19,
    kept: 60,
    onDisk: 7,
    first: still.slice(0, 10),
    emptiedFolders: [],
  });
  const none = await countLossesStillStored(countLosses(28), keyed(gone), keyed([]));
  assert.deepEqual([none.gone, none.mayBeLost, none.first], [0, 2, []]);
});
