import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LocalOwnerNames, localOwners, ownersIn } from '../../../../lib/tree/disk/owner-names.js';

/** Puts a `getent` on PATH that knows users and groups which are in no file. @returns a function that lists its calls */
function withGetent(t: TestContext, script?: string): () => string[] {
  const folder = mkdtempSync(join(tmpdir(), 'getent-'));
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });
  const answers = `echo "$*" >> '${folder}/calls'
    for key; do case "$key" in
      70001|ldap-anna) echo 'ldap-anna:x:70001:70001::/home/anna:/bin/sh';;
      70002|ldap-staff) echo 'ldap-staff:x:70002:';;
      root) echo 'root:x:1:1';;
    esac; done`;
  writeFileSync(join(folder, 'getent'), `#!/bin/sh\n${script ?? answers}\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'calls'), '');
  process.env['PATH'] = `${folder}:${path}`;
  return () => readFileSync(join(folder, 'calls'), 'utf8').split('\n').filter(Boolean);
}

test('getent is called for names that no file has, many at once and each once', (t) => {
  const calls = withGetent(t);
  const names = new LocalOwnerNames();
  const owners = [
    { uid: 70001, gid: 70002 },
    { uid: 70003, gid: 70002 },
    { uid: 0, gid: 0 },
  ];
  names.learn(owners);
  names.learn(owners);
  assert.deepEqual(calls(), ['passwd -- 70001 70003', 'group -- 70002']);
  assert.equal(names.membersOf(70001, 70002), ',"user":"ldap-anna","group":"ldap-staff"');
  assert.equal(names.membersOf(70003, 70002), ',"group":"ldap-staff"');
  assert.equal(names.membersOf(0, 0), ',"user":"root","group":"root"');
  assert.equal(calls().length, 2);
  assert.equal(names.membersOf(70009, 0), ',"group":"root"');
  assert.equal(calls().at(-1), 'passwd -- 70009');
});

test('getent is called for ids of names that no file has, but not for invalid names', (t) => {
  const calls = withGetent(t);
  const owners = localOwners();
  assert.equal(owners.uidOf('ldap-anna'), 70001);
  assert.equal(owners.gidOf('ldap-staff'), 70002);
  assert.equal(owners.uidOf('root'), 0);
  for (const name of ['nobody-of-that-name', '70001', 'a:b', '', '-x'])
    assert.equal(owners.uidOf(name), undefined);
  assert.deepEqual(calls(), ['passwd -- ldap-anna', 'group -- ldap-staff', 'passwd -- nobody-of-that-name']);
});

test('the names in the files are used if getent is missing or fails', (t) => {
  withGetent(t, 'exit 3');
  assert.equal(localOwners().uidOf('ldap-anna'), undefined);
  process.env['PATH'] = '/nowhere';
  assert.equal(localOwners().uidOf('ldap-anna'), undefined);
  assert.equal(localOwners().uidOf('root'), 0);
});

test('the owners of another system come from its own files', (t) => {
  const calls = withGetent(t);
  const root = mkdtempSync(join(tmpdir(), 'system-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0\npostgres:x:999:998::/:/bin/sh\npostgres:x:1:1\n');
  const owners = ownersIn(join(root, 'etc'));
  assert.deepEqual(
    [owners.uidOf('postgres'), owners.uidOf('ldap-anna'), owners.gidOf('postgres')],
    [999, undefined, undefined],
  );
  assert.deepEqual(calls(), []);
});
