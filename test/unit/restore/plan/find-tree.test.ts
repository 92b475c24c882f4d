import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { entriesBelow } from '../../../../lib/restore/plan/find-tree.js';
import { Selection } from '../../../../lib/restore/selection.js';
import { bytesOf, textOf } from '../../../../lib/tree/bytes.js';
import { formatEntry } from '../../../../lib/tree/entry-line.js';
import { flatten } from '../../../../lib/tree/streams/batches.js';
import { DamagedTreeError } from '../../../../lib/tree/tree-file.js';
import { TreeWriter } from '../../../../lib/tree/tree-writer.js';
import { entry, temporaryFolder } from '../pieces.js';

const ENTRIES = [entry('a'), entry('d/'), entry('d/e/'), entry('d/e/f'), entry('d/ü'), entry('da')];
const NAMES = { membersOf: () => ',"user":"alice","group":"staff"' };

async function treeFile(t: TestContext): Promise<string> {
  const file = join(temporaryFolder(t), 'tree');
  const writer = new TreeWriter(file, { runId: 'id', started: 'then', root: '/data' });
  for (const it of ENTRIES) await writer.write(it, formatEntry(it, NAMES));
  await writer.close();
  return file;
}

async function keysBelow(file: string, folder: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key, user, group } of flatten(
    entriesBelow({ file, folder: bytesOf(folder) }, new Selection({})),
  )) {
    assert.deepEqual([user, group], ['alice', 'staff']);
    keys.push(textOf(key));
  }
  return keys;
}

test('entries below a folder have keys relative to it, and the folder itself is left out', async (t) => {
  const file = await treeFile(t);
  assert.deepEqual(await keysBelow(file, ''), ['a', 'd/', 'd/e/', 'd/e/f', 'd/ü', 'da']);
  assert.deepEqual(await keysBelow(file, 'd/'), ['e/', 'e/f', 'ü']);
  assert.deepEqual(await keysBelow(file, 'd/e/'), ['f']);
  assert.deepEqual(await keysBelow(file, 'x/'), []);
});

test('a torn tree is an error, even if everything below the folder was read', async (t) => {
  const file = await treeFile(t);
  const text = gunzipSync(readFileSync(file)).toString();
  writeFileSync(file, gzipSync(text.replace(/.*\n$/, '')));
  await assert.rejects(keysBelow(file, 'x/'), DamagedTreeError);
});
