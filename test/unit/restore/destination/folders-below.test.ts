import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FoldersBelow } from '../../../../lib/restore/destination/folders-below.js';
import { HeldFolder } from '../../../../lib/restore/destination/held-folder.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';
import { temporaryFolder } from '../pieces.js';

test('each folder is entered, whichever came before, and few are open at a time', (t) => {
  const root = temporaryFolder(t);
  const folders = new FoldersBelow(new HeldFolder(root));
  const keys = ['', 'a/', 'a/b/', 'a/bc/', 'ü/', 'ü/x/'];
  for (const key of keys) {
    mkdirSync(join(root, key), { recursive: true });
    mkdirSync(join(root, key, `is ${key.replaceAll('/', '.')}`));
  }
  const openBefore = readdirSync('/proc/self/fd').length;
  for (const key of [...keys, ...keys.toReversed(), 'a/b/', 'ü/x/', 'a/']) {
    const names = readdirSync(folders.enter(bytesOf(key)));
    assert.ok(names.includes(`is ${key.replaceAll('/', '.')}`), `${key}: ${names}`);
    for (const above of keys) {
      assert.equal(folders.isEntered(bytesOf(above)), key.startsWith(above), `${above} of ${key}`);
    }
  }
  assert.equal(readdirSync('/proc/self/fd').length, openBefore + 1);
});

test('a link, a file or nothing cannot be entered, and the next folder can', (t) => {
  const root = temporaryFolder(t);
  const folders = new FoldersBelow(new HeldFolder(root));
  mkdirSync(join(root, 'd\xff/e'), { recursive: true });
  writeFileSync(join(root, 'file'), '');
  symlinkSync('.', join(root, 'link'));
  const there = Buffer.from(join(root, 'd'), 'latin1');
  renameSync(join(root, 'd\xff'), Buffer.concat([there, Buffer.from([0xff])]));
  for (const [key, code] of [
    ['link/', 'ENOTDIR'],
    ['link/link/', 'ENOTDIR'],
    ['file/x/', 'ENOTDIR'],
    ['missing/', 'ENOENT'],
    ['d\xff/missing/', 'ENOENT'],
  ] as const) {
    assert.throws(() => folders.enter(key as Bytes), { code }, key);
    assert.deepEqual(readdirSync(folders.enter('d\xff/' as Bytes)), ['e']);
  }
});
