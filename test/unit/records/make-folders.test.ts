import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolders } from '../../../lib/records/make-folders.js';

test('folders are made with those above them, once, and never below a file or where none can be', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'make-folders-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const deep = join(folder, 'a/b/c');
  for (const _ of ['the first time', 'the second']) makeFolders(deep, 0o700);
  for (const path of [deep, join(folder, 'a')]) assert.equal(statSync(path).mode & 0o7777, 0o700);
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => makeFolders(join(folder, 'file')), { code: 'EEXIST' });
  assert.throws(() => makeFolders(join(folder, 'file/below')), { code: 'ENOTDIR' });
  assert.throws(() => makeFolders('/proc/nowhere/below'), { code: 'ENOENT' });
});
