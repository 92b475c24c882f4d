import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPlace, pathIn } from '../../../../../lib/tree/disk/trust/trusted-place.js';
import { temporaryFolder } from '../../../restore/pieces.js';

const OTHER = 54321;

/** Makes a link of another user: of OTHER as root; else our own, and the returned uid stands for the user of the test. */
function linkOfOtherUser(target: string, path: string): number | undefined {
  symlinkSync(target, path);
  if (process.geteuid?.() !== 0) return OTHER;
  lchownSync(path, OTHER, OTHER);
  return undefined;
}

/** Writes to the place of `file`. @returns what was written, or why nothing was */
function fill(file: string, user?: number): string {
  let place: ReturnType<typeof openPlace>;
  try {
    place = openPlace(file, user);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  writeFileSync(pathIn(place.folder, place.name), 'filled');
  closeSync(place.folder);
  return 'filled';
}

test('links of our own, in folders of our own, are followed to where the kernel follows them', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  symlinkSync('a/b', join(folder, 'relative'));
  symlinkSync(join(folder, 'a/b'), join(folder, 'absolute'));
  symlinkSync('relative/../new', join(folder, 'to new'));
  for (const [file, at] of [
    ['a/b/plain', 'a/b/plain'],
    ['relative/x', 'a/b/x'],
    ['relative/../y', 'a/y'],
    ['absolute//./z', 'a/b/z'],
    ['to new', 'a/new'],
  ] as const) {
    assert.equal(fill(`${folder}/${file}`), 'filled');
    assert.equal(readFileSync(join(folder, at), 'utf8'), 'filled', file);
  }
});

test('no link of another user is followed, be it the file or a folder on the way to it', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'private'));
  writeFileSync(join(folder, 'private/profile'), 'mine');
  const user = linkOfOtherUser('private/profile', join(folder, 'list'));
  linkOfOtherUser('private', join(folder, 'way'));
  for (const file of ['list', 'way/profile']) {
    const { message, hint } = refusalOf(join(folder, file), user);
    assert.match(
      message,
      /"\/.*\/(list|way)" is a link (that belongs to another user|in a folder that belongs)/,
    );
    assert.match(hint ?? '', /remove it if it is not yours/);
  }
  assert.equal(readFileSync(join(folder, 'private/profile'), 'utf8'), 'mine');
});

test('no link is followed in a folder that others can write, not even one of our own', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'profile'), 'mine');
  mkdirSync(join(folder, 'shared'));
  symlinkSync('../profile', join(folder, 'shared/list'));
  symlinkSync('..', join(folder, 'shared/way'));
  for (const mode of [0o1777, 0o777, 0o775, 0o757]) {
    chmodSync(join(folder, 'shared'), mode);
    for (const file of ['shared/list', 'shared/way/profile']) {
      const { message } = refusalOf(join(folder, file));
      assert.match(
        message,
        new RegExp(`is a link in a folder that others can write \\(mode ${octal(mode)}\\)`),
      );
    }
    assert.equal(fill(join(folder, 'shared/file')), 'filled', 'what is no link is');
  }
  assert.equal(readFileSync(join(folder, 'profile'), 'utf8'), 'mine');
  chmodSync(join(folder, 'shared'), 0o755);
  assert.equal(fill(join(folder, 'shared/list')), 'filled');
  assert.equal(readFileSync(join(folder, 'profile'), 'utf8'), 'filled');
});

test('a folder that is open stays in use, whatever takes its place', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'lists'));
  mkdirSync(join(folder, 'private'));
  const place = openPlace(join(folder, 'lists/list'));
  renameSync(join(folder, 'lists'), join(folder, 'moved'));
  symlinkSync('private', join(folder, 'lists'));
  writeFileSync(pathIn(place.folder, place.name), 'filled');
  closeSync(place.folder);
  assert.equal(readFileSync(join(folder, 'moved/list'), 'utf8'), 'filled');
});

test('links in a circle, and missing folders, are refused', (t) => {
  const folder = temporaryFolder(t);
  symlinkSync('b', join(folder, 'a'));
  symlinkSync('a', join(folder, 'b'));
  assert.match(fill(join(folder, 'a')), /leads through more than 40 links/);
  assert.match(fill(join(folder, 'missing/list')), /ENOENT/);
  assert.match(fill(join(folder, 'a/list')), /leads through more than 40 links/);
  writeFileSync(join(folder, 'file'), '');
  assert.match(fill(join(folder, 'file/list')), /ENOTDIR/);
});

function refusalOf(file: string, user?: number): { message: string; hint?: string } {
  try {
    closeSync(openPlace(file, user).folder);
  } catch (error) {
    return error as { message: string; hint?: string };
  }
  throw new Error(`${file} is not refused`);
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
