import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { partsOfPath } from '../../../../../lib/tree/disk/trust/who-can-change.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'places-')));
after(() => rmSync(directory, { recursive: true }));
mkdirSync(join(directory, 'a/b'), { recursive: true });
mkdirSync(join(directory, 'c/d'), { recursive: true });
writeFileSync(join(directory, 'c/d/config'), '');
symlinkSync('../../c/d', join(directory, 'a/b/relative'));
symlinkSync(join(directory, 'c/d/config'), join(directory, 'a/absolute'));
symlinkSync('loop', join(directory, 'loop'));

/** The folders and links above a file, below `directory`; an @ marks links. */
function above(file: string): string[] {
  return partsOfPath(file, directory)
    .filter(({ path }) => path.startsWith(directory))
    .map(({ path, isLink }) => `${path.slice(directory.length) || '/'}${isLink ? '@' : ''}`);
}

test("the parts of a file's path are the folders and links that lead to it, without the file", () => {
  assert.deepEqual(above('c/d/config'), ['/', '/c', '/c/d']);
  assert.deepEqual(above(join(directory, './c//d/config')), ['/', '/c', '/c/d']);
  assert.deepEqual(above('a/b/relative/config'), ['/', '/a', '/a/b', '/a/b/relative@', '/c', '/c/d']);
  assert.deepEqual(above('a/absolute'), ['/', '/a', '/a/absolute@', '/', '/c', '/c/d']);
});

test('`..` after a link is relative to the target of the link', () => {
  assert.deepEqual(above('a/b/relative/../d/config'), [
    ...['/', '/a', '/a/b', '/a/b/relative@', '/c', '/c/d', '/c/d'],
  ]);
});

test('a folder at the end counts, and a file does not', () => {
  assert.deepEqual(above('a/b'), ['/', '/a', '/a/b']);
  assert.deepEqual(above('a/b/relative'), ['/', '/a', '/a/b', '/a/b/relative@', '/c', '/c/d']);
  assert.deepEqual(above('a/missing/x'), ['/', '/a']);
});

test('the first part of each path is /', () => {
  assert.equal(partsOfPath('c/d/config', directory)[0]?.path, '/');
});

test('a loop of links ends after 40 of them', () => {
  assert.equal(above('loop/x').filter((place) => place === '/loop@').length, 40);
});
