import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type OnTheWay, wayTo, whoCouldChange } from '../../../lib/restore/trusted-way.js';
import { temporaryFolder } from './pieces.js';

const ROOT = { path: '/', uid: 0, mode: 0o755, isLink: false };
const LINK = { path: '/srv/link', uid: 0, mode: 0o777, isLink: true };

function folder(mode: number, uid = 0, path = '/srv'): OnTheWay {
  return { path, uid, mode, isLink: false };
}

for (const [what, way, above, destination] of [
  ['all of it is of root alone', [ROOT, folder(0o755), folder(0o700, 0, '/srv/x')], undefined, undefined],
  ['a folder of another user', [ROOT, folder(0o700, 7), folder(0o700, 0, '/srv/x')], 'belongs', 'belongs'],
  ['the last one is of another user', [ROOT, folder(0o700, 7)], 'belongs', 'belongs'],
  ["another user's sticky folder", [ROOT, folder(0o1777, 7), folder(0o700)], 'belongs', 'belongs'],
  ['a folder of all users', [ROOT, folder(0o777), folder(0o700, 0, '/srv/x')], 'written', 'written'],
  ["a folder of the group's", [ROOT, folder(0o775), folder(0o700, 0, '/srv/x')], 'written', 'written'],
  ['a sticky folder on the way', [ROOT, folder(0o1777), folder(0o700, 0, '/srv/x')], undefined, undefined],
  ['the last one is sticky', [ROOT, folder(0o1777)], undefined, 'written'],
  ['the last one is sticky, and for root alone', [ROOT, folder(0o1755)], undefined, undefined],
  ['the last one may be written to', [ROOT, folder(0o757)], 'written', 'written'],
  ["root's link", [ROOT, LINK, folder(0o755)], undefined, undefined],
  [
    "another user's link in a sticky folder",
    [ROOT, folder(0o1777), { ...LINK, uid: 7 }],
    'belongs',
    'belongs',
  ],
  ['the root folder', [{ ...ROOT, mode: 0o777 }, folder(0o755)], 'written', 'written'],
] as const) {
  test(`who could change the way: ${what}`, () => {
    const words = (reason: string | undefined) => /belongs|written/.exec(reason ?? '')?.[0];
    assert.equal(words(whoCouldChange(way, false)), above);
    assert.equal(words(whoCouldChange(way, true)), destination);
  });
}

test('it is said which folder it is', () => {
  assert.equal(whoCouldChange([ROOT, folder(0o700, 7)], true), '"/srv" belongs to user 7');
  assert.equal(whoCouldChange([ROOT, folder(0o777)], true), '"/srv" can be written to by other users');
});

test('all folders and links on a way, as the system goes it', (t) => {
  const top = temporaryFolder(t);
  mkdirSync(join(top, 'a/b'), { recursive: true });
  mkdirSync(join(top, 'c'));
  writeFileSync(join(top, 'c/file'), '');
  symlinkSync('b/../../link2', join(top, 'a/link'));
  symlinkSync(join(top, 'c'), join(top, 'link2'));
  symlinkSync('./link2/file', join(top, 'to file'));
  const below = (path: string) => {
    const way = wayTo(join(top, path)).map((it) => it.path);
    assert.deepEqual(way.slice(0, 2), ['/', `/${top.split('/')[1]}`]);
    return way.filter((it) => it.startsWith(`${top}/`)).map((it) => it.slice(top.length + 1));
  };
  assert.deepEqual(below('a/b'), ['a', 'a/b']);
  assert.deepEqual(below('a/link'), ['a', 'a/link', 'a/b', 'a', 'link2', 'c']);
  assert.deepEqual(below('to file'), ['to file', 'link2', 'c']);
  assert.deepEqual(below('c/file'), ['c']);
  assert.throws(() => wayTo(join(top, 'missing')), { code: 'ENOENT' });
  symlinkSync('loop', join(top, 'loop'));
  assert.throws(() => wayTo(join(top, 'loop')), /leads through too many links/);
});
