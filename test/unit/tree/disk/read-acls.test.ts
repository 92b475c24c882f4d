import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { UNKNOWN_ACL } from '../../../../lib/tree/acl.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';
import { canReadAcls, readAcls, withAcls } from '../../../../lib/tree/disk/read-acls.js';
import { temporaryFolder } from '../../restore/pieces.js';

const { PATH } = process.env;
const READABLE = 'user::rw-,user:65534:r--,group::---,mask::r--,other::---';

/** Makes a file of mode 0600 that user 65534 may read by its ACL. */
function makeShared(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, 0o600);
  execFileSync('setfacl', ['-m', 'u:65534:r', '--', file]);
}

/** Puts a fake `getfacl` on PATH; without a script, there is none. */
function useFakeGetfacl(t: TestContext, script?: string): void {
  const folder = temporaryFolder(t);
  symlinkSync('/usr/bin/xargs', join(folder, 'xargs'));
  if (script !== undefined) writeFileSync(join(folder, 'getfacl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env['PATH'] = folder;
  t.after(() => {
    process.env['PATH'] = PATH;
  });
}

function keys(...names: string[]): Bytes[] {
  return names.map(bytesOf);
}

test('the ACLs of files and folders are read, whatever bytes their names have', async (t) => {
  const folder = temporaryFolder(t);
  const names = [
    'plain',
    '-n',
    'line\nbreak\n\n# file: ./x',
    'back\\slash\\\\101',
    'grün \t\u{1f512}',
    '# file',
    'd e/f',
  ];
  for (const name of names) makeShared(`${folder}/${name}`);
  writeFileSync(join(folder, 'without'), '');
  mkdirSync(join(folder, 'handing on'));
  execFileSync('setfacl', ['-m', 'u::rwx,g::rx,o::-,d:u:65534:rwx', join(folder, 'handing on')]);
  const asked = keys(...names, 'without', 'handing on/', 'd e/', 'missing');
  const found = await readAcls({ root: bytesOf(folder), followSymlinks: false }, asked);
  assert.deepEqual(Object.fromEntries(found), {
    ...Object.fromEntries(names.map((name) => [bytesOf(name), READABLE])),
    'handing on/':
      'user::rwx,group::r-x,other::---,default:user::rwx,default:user:65534:rwx,default:group::r-x,default:mask::rwx,default:other::---',
  });
  assert.equal((await readAcls({ root: bytesOf(folder), followSymlinks: false }, [])).size, 0);
});

test('the ACL of the target is read if links are followed', async (t) => {
  const folder = temporaryFolder(t);
  makeShared(join(folder, 'file'));
  symlinkSync('file', join(folder, 'link'));
  const sizes = await Promise.all(
    [false, true].map(async (followSymlinks) => {
      const found = await readAcls({ root: bytesOf(folder), followSymlinks }, keys('link'));
      return found.get(bytesOf('link'));
    }),
  );
  assert.deepEqual(sizes, [undefined, READABLE]);
});

test('the folder may be given as the path of an open descriptor', async (t) => {
  const folder = temporaryFolder(t);
  makeShared(join(folder, 'file'));
  const descriptor = openSync(folder, 'r');
  const root = bytesOf(`/proc/self/fd/${descriptor}`);
  const found = await readAcls({ root, followSymlinks: false }, keys('file'));
  closeSync(descriptor);
  assert.equal(found.get(bytesOf('file')), READABLE);
});

test('ACLs are unknown if getfacl fails, and vanished files have none', async (t) => {
  const root = bytesOf(temporaryFolder(t));
  const ask = () => readAcls({ root, followSymlinks: false }, keys('a', 'b'));
  const unknown = new Map(keys('a', 'b').map((key) => [key, UNKNOWN_ACL]));
  assert.equal((await ask()).size, 0);
  useFakeGetfacl(t);
  assert.equal(canReadAcls(), false);
  assert.equal(canReadAcls(''), false);
  assert.deepEqual(await ask(), unknown);
  useFakeGetfacl(t, 'echo "getfacl: ./a: Input/output error" >&2; exit 1');
  assert.equal(canReadAcls(), true);
  assert.deepEqual(await ask(), unknown);
  useFakeGetfacl(t, 'kill -9 $$');
  assert.deepEqual(await ask(), unknown);
});

test('a stream keeps its order, and items wait only if ACLs are read', async (t) => {
  const folder = temporaryFolder(t);
  makeShared(join(folder, 'shared'));
  const root = bytesOf(folder);
  const items = Array.from({ length: 10_000 }, (_, at) => (at % 2_500 === 0 ? 'shared' : `missing ${at}`));
  async function* batches() {
    for (let at = 0; at < items.length; at += 100) yield items.slice(at, at + 100);
  }
  for (const [isAsked, heldBack] of [
    [() => true, 4_096],
    [() => false, 100],
    [(name: string) => name === 'shared', 10_000],
  ] as [(name: string) => boolean, number][]) {
    const found: string[] = [];
    let longest = 0;
    const answered = withAcls({ root, followSymlinks: false }, batches(), (name) =>
      isAsked(name) ? bytesOf(name) : undefined,
    );
    for await (const batch of answered) {
      const before = found.length;
      for (const [name, acl] of batch) {
        found.push(name);
        assert.equal(acl, name === 'shared' && isAsked(name) ? READABLE : undefined);
      }
      longest = Math.max(longest, found.length - before);
    }
    assert.deepEqual(found, items);
    assert.equal(longest, heldBack);
  }
});
