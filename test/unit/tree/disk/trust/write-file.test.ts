import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openPlace } from '../../../../../lib/tree/disk/trust/trusted-place.js';
import { replaceFile, type WriteText, writeNewFile } from '../../../../../lib/tree/disk/trust/write-file.js';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'write-file-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function replace(file: string, write: WriteText, mode?: number): Promise<void> {
  const place = openPlace(file);
  try {
    await replaceFile(place, write, mode);
  } finally {
    closeSync(place.folder);
  }
}

const failing: WriteText = (append) => {
  append('half');
  throw new Error('no more');
};

test('a new file is for this user alone, and never replaces another one', async (t) => {
  const file = join(folderOf(t), 'file');
  await writeNewFile(file, (append) => ['a', 'ü', '\n'].forEach(append));
  assert.equal(readFileSync(file, 'utf8'), 'aü\n');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await assert.rejects(
    writeNewFile(file, (append) => append('b')),
    /EEXIST/,
  );
  assert.equal(readFileSync(file, 'utf8'), 'aü\n');
});

test('nothing remains of a file that could not be written to its end', async (t) => {
  const folder = folderOf(t);
  await assert.rejects(writeNewFile(join(folder, 'new'), failing), /no more/);
  assert.deepEqual(readdirSync(folder), []);
  const older = join(folder, 'older');
  writeFileSync(older, 'whole');
  await assert.rejects(replace(older, failing), /no more/);
  assert.deepEqual(readdirSync(folder), ['older']);
  assert.equal(readFileSync(older, 'utf8'), 'whole');
});

test('a file that is replaced keeps its mode, unless another one is asked for', async (t) => {
  const file = join(folderOf(t), 'file');
  writeFileSync(file, 'older');
  chmodSync(file, 0o640);
  await replace(file, (append) => append('newer'));
  assert.equal(readFileSync(file, 'utf8'), 'newer');
  assert.equal(statSync(file).mode & 0o777, 0o640);
  await replace(file, (append) => append('newest'), 0o755);
  assert.equal(statSync(file).mode & 0o777, 0o755);
});
