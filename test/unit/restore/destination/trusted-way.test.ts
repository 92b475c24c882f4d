import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonNotTrusted } from '../../../../lib/restore/destination/trusted-way.js';
import type { PathPart } from '../../../../lib/tree/disk/trust/who-can-change.js';

const ROOT = { path: '/', uid: 0, mode: 0o755, isLink: false };
const LINK = { path: '/srv/link', uid: 0, mode: 0o777, isLink: true };

function folder(mode: number, uid = 0, path = '/srv'): PathPart {
  return { path, uid, mode, isLink: false };
}

for (const [what, way, above, destination] of [
  ['root owns every part', [ROOT, folder(0o755), folder(0o700, 0, '/srv/x')], undefined, undefined],
  ['a folder of another user', [ROOT, folder(0o700, 7), folder(0o700, 0, '/srv/x')], 'belongs', 'belongs'],
  ['the last folder belongs to another user', [ROOT, folder(0o700, 7)], 'belongs', 'belongs'],
  ["another user's sticky folder", [ROOT, folder(0o1777, 7), folder(0o700)], 'belongs', 'belongs'],
  [
    'all users may write to a folder',
    [ROOT, folder(0o777), folder(0o700, 0, '/srv/x')],
    'written',
    'written',
  ],
  ["a folder of the group's", [ROOT, folder(0o775), folder(0o700, 0, '/srv/x')], 'written', 'written'],
  ['a sticky folder on the way', [ROOT, folder(0o1777), folder(0o700, 0, '/srv/x')], undefined, undefined],
  ['the last folder is sticky', [ROOT, folder(0o1777)], undefined, 'written'],
  ['the last folder is sticky, and only root may write to it', [ROOT, folder(0o1755)], undefined, undefined],
  ['others may write to the last folder', [ROOT, folder(0o757)], 'written', 'written'],
  ["root's link", [ROOT, LINK, folder(0o755)], undefined, undefined],
  [
    "another user's link in a sticky folder",
    [ROOT, folder(0o1777), { ...LINK, uid: 7 }],
    'belongs',
    'belongs',
  ],
  ['the root folder', [{ ...ROOT, mode: 0o777 }, folder(0o755)], 'written', 'written'],
] as const) {
  test(`a way is trusted if nobody else can change it (${what})`, () => {
    const words = (reason: string | undefined) => /belongs|written/.exec(reason ?? '')?.[0];
    assert.equal(words(reasonNotTrusted(way, false)), above);
    assert.equal(words(reasonNotTrusted(way, true)), destination);
  });
}

test('the reason names the folder', () => {
  assert.equal(reasonNotTrusted([ROOT, folder(0o700, 7)], true), '"/srv" belongs to user 7');
  assert.equal(reasonNotTrusted([ROOT, folder(0o777)], true), '"/srv" can be written to by other users');
});
