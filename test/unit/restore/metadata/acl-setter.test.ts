import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NotRestoredError } from '../../../../lib/restore/destination/destination.js';
import { AclSetter } from '../../../../lib/restore/metadata/acl-setter.js';
import { hasDefaultAcl, Metadata } from '../../../../lib/restore/metadata/metadata.js';
import { ownersOf } from '../../../../lib/restore/metadata/owners.js';
import { UNKNOWN_ACL } from '../../../../lib/tree/acl.js';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import { entry, temporaryFolder } from '../pieces.js';

const { PATH } = process.env;
const READABLE = 'user::rw-,user:65534:r--,group::---,mask::r--,other::---';
const FOLDER = 'user::rwx,user:7:r-x,group::---,mask::r-x,other::---';
const HANDED_ON =
  'default:user::rwx,default:user:7:r-x,default:group::---,default:mask::r-x,default:other::---';

function aclsOf(paths: readonly string[]): string[] {
  const args = ['--numeric', '--absolute-names', '--omit-header', '--no-effective', '--', ...paths];
  const paragraphs = execFileSync('getfacl', args, { encoding: 'utf8' }).trim().split('\n\n');
  return paragraphs.map((lines) => lines.replaceAll('\n', ','));
}

function aclOf(path: string): string | undefined {
  return aclsOf([path])[0];
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

/** An ACL setter that notes its failures. */
function notingSetter() {
  const failures: string[] = [];
  const onFailure = (key: string, why: string) => failures.push(`${key}: ${why}`);
  return { failures, onFailure, acls: new AclSetter(onFailure) };
}

function useFakeSetfacl(t: TestContext, script?: string): void {
  const folder = temporaryFolder(t);
  if (script !== undefined) writeFileSync(join(folder, 'setfacl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env['PATH'] = script === undefined ? folder : `${folder}:${PATH}`;
  t.after(() => {
    process.env['PATH'] = PATH;
  });
}

test('a file of mode 0600 that one more user may read is no more open before it has its ACL than after', (t) => {
  const file = join(temporaryFolder(t), 'f');
  writeFileSync(file, '');
  const { failures, onFailure } = notingSetter();
  const metadata = new Metadata({
    keepsSetid: false,
    onAclFailure: onFailure,
    replacesAcls: false,
    owners: ownersOf(false),
  });
  metadata.apply(file, { ...entry('f', { mode: 0o640 }), acl: READABLE });
  assert.equal(modeOf(file), '600');
  metadata.finish();
  assert.deepEqual([aclOf(file), modeOf(file), failures], [READABLE, '640', []]);
});

test('folders get the ACL that they hand on, and the mode of a file keeps its other bits', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'd'));
  writeFileSync(join(folder, 'f'), '');
  const { failures, onFailure } = notingSetter();
  const metadata = new Metadata({
    keepsSetid: false,
    onAclFailure: onFailure,
    replacesAcls: false,
    owners: ownersOf(false),
  });
  metadata.apply(join(folder, 'd'), { ...entry('d/', { mode: 0o1750 }), acl: `${FOLDER},${HANDED_ON}` });
  metadata.apply(join(folder, 'f'), { ...entry('f', { mode: 0o750 }), acl: `${FOLDER},${HANDED_ON}` });
  metadata.finish();
  assert.deepEqual(failures, []);
  assert.deepEqual([aclOf(join(folder, 'd')), modeOf(join(folder, 'd'))], [`${FOLDER},${HANDED_ON}`, '1750']);
  assert.deepEqual([aclOf(join(folder, 'f')), modeOf(join(folder, 'f'))], [FOLDER, '750']);
});

test('many files get their ACLs wherever they were moved, in folders that were closed since', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'd'));
  mkdirSync(join(folder, 'after'));
  const { failures, acls } = notingSetter();
  const names = Array.from({ length: 450 }, (_, at) => `${at}`);
  for (const name of names) {
    writeFileSync(join(folder, 'd', name), '');
    acls.add(join(folder, 'd', name), bytesOf(name), Number(name) % 3 === 0 ? READABLE : FOLDER);
    renameSync(join(folder, 'd', name), join(folder, 'after', name));
    writeFileSync(join(folder, 'd', name), '', { mode: 0o600 });
  }
  chmodSync(join(folder, 'after'), 0);
  acls.flush();
  chmodSync(join(folder, 'after'), 0o700);
  assert.deepEqual(failures, []);
  assert.deepEqual(
    aclsOf(names.map((name) => join(folder, 'after', name))),
    names.map((name) => (Number(name) % 3 === 0 ? READABLE : FOLDER)),
  );
  for (const name of names) {
    assert.equal(modeOf(join(folder, 'd', name)), '600', 'what has its name now is another file');
  }
});

test('a file gets its ACL by the path of a descriptor, and a missing file is an error', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '', { mode: 0o600 });
  const descriptor = openSync(join(folder, 'file'), 'r');
  const { failures, acls } = notingSetter();
  acls.add(`/proc/self/fd/${descriptor}`, bytesOf('file'), READABLE);
  closeSync(descriptor);
  acls.flush();
  assert.deepEqual(failures, []);
  assert.notEqual(modeOf(join(folder, 'file')), '600');
  assert.throws(() => acls.add(join(folder, 'missing'), bytesOf('missing'), READABLE), NotRestoredError);
});

test('without setfacl, or where it fails, the mode stays narrow, and each file is named', (t) => {
  const folder = temporaryFolder(t);
  const paths = ['a', 'b'].map((name) => join(folder, name));
  for (const path of paths) writeFileSync(path, '');
  const give = () => {
    const { failures, onFailure } = notingSetter();
    const metadata = new Metadata({
      keepsSetid: false,
      onAclFailure: onFailure,
      replacesAcls: false,
      owners: ownersOf(false),
    });
    for (const path of paths)
      metadata.apply(path, { ...entry(path.slice(-1), { mode: 0o640 }), acl: READABLE });
    metadata.finish();
    assert.equal(modeOf(paths[0] ?? ''), '600');
    return failures;
  };
  useFakeSetfacl(t);
  assert.deepEqual(
    give(),
    ['a', 'b'].map((it) => `${it}: setfacl is not installed (Debian: apt install acl)`),
  );
  useFakeSetfacl(t, 'echo "setfacl: $4: Operation not supported" >&2; exit 1');
  assert.deepEqual(give(), ['a: Operation not supported']);
  useFakeSetfacl(t, 'exit 3');
  assert.deepEqual(give(), ['a: setfacl failed', 'b: setfacl failed']);
});

test('an ACL that a file has inherited from its folder is removed', async (t) => {
  const folder = temporaryFolder(t);
  assert.equal(await hasDefaultAcl(bytesOf(folder)), false);
  execFileSync('setfacl', ['-m', 'd:u:7:rwx,d:g::rwx', folder]);
  assert.equal(await hasDefaultAcl(bytesOf(folder)), true);
  mkdirSync(join(folder, 'd'));
  for (const name of ['f', 'shared']) writeFileSync(join(folder, name), '');
  const { failures, onFailure } = notingSetter();
  const metadata = new Metadata({
    keepsSetid: false,
    onAclFailure: onFailure,
    replacesAcls: true,
    owners: ownersOf(false),
  });
  metadata.apply(join(folder, 'd'), entry('d/', { mode: 0o1755 }));
  metadata.apply(join(folder, 'f'), entry('f', { mode: 0o654 }));
  metadata.apply(join(folder, 'shared'), { ...entry('shared', { mode: 0o640 }), acl: READABLE });
  assert.deepEqual(
    [modeOf(join(folder, 'd')), modeOf(join(folder, 'f'))],
    ['1705', '604'],
    'masked until then',
  );
  metadata.finish();
  assert.deepEqual(failures, []);
  assert.deepEqual(
    ['d', 'f', 'shared'].map((name) => aclOf(join(folder, name))),
    ['user::rwx,group::r-x,other::r-x', 'user::rw-,group::r-x,other::r--', READABLE],
  );
  assert.equal(modeOf(join(folder, 'd')), '1755');
});

test('a file whose ACL is unknown is open to its owner only', (t) => {
  const file = join(temporaryFolder(t), 'f');
  writeFileSync(file, '');
  const { failures, onFailure } = notingSetter();
  const metadata = new Metadata({
    keepsSetid: false,
    onAclFailure: onFailure,
    replacesAcls: false,
    owners: ownersOf(false),
  });
  metadata.apply(file, { ...entry('f', { mode: 0o754 }), acl: UNKNOWN_ACL });
  metadata.finish();
  assert.equal(modeOf(file), '700');
  assert.deepEqual(failures, ['f: it could not be read when it was backed up']);
});
