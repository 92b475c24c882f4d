import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { regularFiles, sample } from '../../../lib/tree/files.js';

// Not in a private TMPDIR, which another user could not enter.
const root = mkdtempSync('/tmp/esb-files-');
after(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, 'a/b'), { recursive: true });
mkdirSync(join(root, 'empty'));
for (const file of ['top', 'a/one', 'a/b/two']) writeFileSync(join(root, file), '');
symlinkSync('top', join(root, 'file link'));
symlinkSync('a/b', join(root, 'folder link'));
symlinkSync('..', join(root, 'a/loop'));
symlinkSync('nowhere', join(root, 'dangling'));

async function found(followSymlinks: boolean): Promise<string[]> {
  const files: string[] = [];
  for await (const file of regularFiles(root, followSymlinks, assert.fail)) files.push(file);
  return files.sort();
}

test('regular files only', async () => {
  assert.deepEqual(await found(false), ['a/b/two', 'a/one', 'top']);
});

test('links are followed if asked to, loops are not entered', async () => {
  assert.deepEqual(await found(true), ['a/b/two', 'a/one', 'file link', 'folder link/two', 'top']);
});

test('a folder that is not there has no files', async () => {
  for await (const file of regularFiles(join(root, 'nowhere'), false, assert.fail)) assert.fail(file);
});

test('a folder that can not be read is told', async () => {
  const files = [];
  const unreadable: string[] = [];
  const isRoot = process.geteuid?.() === 0;
  chmodSync(root, 0o755);
  chmodSync(join(root, 'a/b'), 0);
  // Root may read everything.
  if (isRoot) process.seteuid?.(65534);
  try {
    for await (const file of regularFiles(root, false, (path) => unreadable.push(path))) files.push(file);
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(root, 'a/b'), 0o755);
  }
  assert.deepEqual(files.sort(), ['a/one', 'top']);
  assert.deepEqual(unreadable, [join(root, 'a/b')]);
});

test('a sample has what there is, and every item has its chance', async () => {
  const items = async function* (count: number) {
    for (let item = 0; item < count; item += 1) yield item;
  };
  assert.deepEqual((await sample(items(3), 5)).sort(), [0, 1, 2]);
  const seen = new Set<number>();
  for (let round = 0; round < 400; round += 1) {
    const chosen = await sample(items(8), 2);
    assert.equal(new Set(chosen).size, 2);
    for (const item of chosen) seen.add(item);
  }
  assert.equal(seen.size, 8);
});
