import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmptiedFolders } from '../../../../lib/backup/guard/emptied-folders.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';
import { type Batches, flatten } from '../../../../lib/tree/streams/batches.js';
import { mergeByKey } from '../../../../lib/tree/streams/merge.js';

/** A stream of keys. @param batches separated by `|` */
async function* stream(batches: string, closed: string[] = []): Batches<{ key: string }> {
  try {
    for (const keys of batches.split('|')) yield [...keys].map((key) => ({ key }));
  } finally {
    closed.push(batches);
  }
}

test('two sorted streams are joined by their keys, wherever their batches end', async () => {
  for (const [left, right, joined] of [
    ['acd', 'bc', 'a- -b cc d-'],
    ['a|cd', 'b||c|', 'a- -b cc d-'],
    ['ac||d', '|bc', 'a- -b cc d-'],
    ['|a|b|c', '|||', 'a- b- c-'],
    ['abc', '|||a', 'aa b- c-'],
    ['', 'ab', '-a -b'],
    ['ab', '', 'a- b-'],
    ['', '', ''],
    ['xyz', 'abc', '-a -b -c x- y- z-'],
  ] as const) {
    const pairs: string[] = [];
    for await (const [a, b] of flatten(mergeByKey(stream(left), stream(right))))
      pairs.push(`${a?.key ?? '-'}${b?.key ?? '-'}`);
    assert.equal(pairs.join(' '), joined);
  }
});

test('both streams are closed when the reader stops', async () => {
  const closed: string[] = [];
  for await (const _ of mergeByKey(stream('ab', closed), stream('ac', closed))) break;
  assert.deepEqual(closed, ['ab', 'ac']);
});

test('of the folders without files, the topmost ones are named', () => {
  const emptied = (spec: string, limit = 10) => {
    const folders = new EmptiedFolders(limit);
    for (const item of spec.split(' ')) folders.add(bytesOf(item.slice(1)), item[0] !== '+', item[0] !== '-');
    return folders.close();
  };
  assert.deepEqual(emptied('-a/b/1 -a/b/2 -a/c =d'), ['a/']);
  assert.deepEqual(emptied('-a/b/1 =a/c -d/1 +d/2 -e/1'), ['a/b/', 'e/']);
  assert.deepEqual(emptied('-a/1 -b'), ['' as Bytes]);
  assert.deepEqual(emptied('=a/1 -a-b/1 -a/b'.split(' ').sort().join(' ')), ['a-b/']);
  assert.deepEqual(emptied('-a/1 -b/1 -c/1 =d', 2), ['a/', 'b/']);
});
