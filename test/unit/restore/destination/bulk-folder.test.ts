import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BulkFolder, bytesOnDisk } from '../../../../lib/restore/destination/bulk-folder.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';
import { temporaryFolder } from '../pieces.js';

const WANTED = { size: 3, lastModified: 1_500_000_000_000, isCurrent: true };

function bulkFolder(t: TestContext): BulkFolder {
  return new BulkFolder(join(temporaryFolder(t), 'bulk'));
}

/** Writes a file as the AWS CLI does in a sync. */
function arrive({ path }: BulkFolder, name: string, content: string, milliseconds: number): string {
  const file = join(path, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  utimesSync(file, milliseconds / 1000, milliseconds / 1000);
  return file;
}

test('a file has arrived if it has the size and the time of the object', (t) => {
  const bulk = bulkFolder(t);
  const key = bytesOf('d/ü\n');
  assert.equal(bulk.find(key, WANTED), undefined);
  const file = arrive(bulk, 'd/ü\n', 'abc', WANTED.lastModified);
  assert.equal(`${bulk.find(key, WANTED)}`, file);
  // S3 reports some times with a fraction, which the AWS CLI cuts off.
  assert.equal(`${bulk.find(key, { ...WANTED, lastModified: WANTED.lastModified + 999 })}`, file);
  assert.equal(bulk.find(key, { ...WANTED, size: 4 }), undefined);
  for (const seconds of [-2, -1, 2, 3]) {
    const lastModified = WANTED.lastModified + seconds * 1000;
    assert.equal(bulk.find(key, { ...WANTED, lastModified }), undefined);
  }
  // FAT rounds the time.
  assert.equal(`${bulk.find(key, { ...WANTED, lastModified: WANTED.lastModified + 1000 })}`, file);
  rmSync(file);
  mkdirSync(file);
  const { size, mtimeMs } = statSync(file);
  assert.equal(bulk.find(key, { ...WANTED, size, lastModified: mtimeMs }), undefined);
});

test('a placeholder has the size of the object, takes no room, is older, and never passes for the file', (t) => {
  const bulk = bulkFolder(t);
  const key = bytesOf('d/unwanted');
  bulk.writePlaceholder(key, 5e9);
  const { size, blocks, mtimeMs } = statSync(join(bulk.path, 'd/unwanted'));
  assert.deepEqual([size, blocks, mtimeMs], [5e9, 0, 1000]);
  assert.equal(bulk.find(key, { ...WANTED, size: 5e9 }), undefined);
  // The placeholder replaces a file that an earlier restore has left.
  arrive(bulk, 'old', 'abc', WANTED.lastModified);
  bulk.writePlaceholder(bytesOf('old'), 3);
  assert.equal(bulk.find(bytesOf('old'), WANTED), undefined);
  bulk.writePlaceholder(bytesOf('empty'), 0);
  assert.equal(bulk.find(bytesOf('empty'), { ...WANTED, size: 0 }), undefined);
});

test('a key that can have no placeholder gets none, and no placeholder is written outside the folder', (t) => {
  const folder = temporaryFolder(t);
  const bulk = new BulkFolder(join(folder, 'bulk'));
  for (const key of ['../out', '/out', 'a//b', 'folder/', '', 'x'.repeat(256)]) {
    bulk.writePlaceholder(bytesOf(key), 3);
  }
  arrive(bulk, 'file', 'abc', WANTED.lastModified);
  bulk.writePlaceholder(bytesOf('file/below'), 3);
  assert.deepEqual([readdirSync(bulk.path), readdirSync(folder)], [['file'], ['bulk']]);
});

test('the next restore finds whole files and no placeholders', (t) => {
  const bulk = bulkFolder(t);
  arrive(bulk, 'd/file', 'x'.repeat(5000), WANTED.lastModified);
  bulk.writePlaceholder(bytesOf('d/unwanted'), 10);
  bulk.writePlaceholder('d/\xff' as Bytes, 10);
  assert.equal(bytesOnDisk(bulk.path), 8192);
  const next = new BulkFolder(bulk.path);
  assert.deepEqual(readdirSync(join(next.path, 'd')), ['file']);
});

test('a file of an earlier restore is removed if another object is expected in its place', (t) => {
  const { path } = bulkFolder(t);
  for (const name of ['kept', 'older', 'folder/that was', 'file']) {
    arrive({ path } as BulkFolder, name, 'abc', WANTED.lastModified - (name === 'kept' ? 0 : 1000));
  }
  const bulk = new BulkFolder(path);
  for (const key of ['kept', 'older', 'folder', 'file/below/it', 'new/one', 'top']) {
    bulk.removeStale(bytesOf(key), WANTED);
  }
  assert.deepEqual(readdirSync(bulk.path), ['kept']);
});
