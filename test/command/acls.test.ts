// A restore gives files their ACLs, and nobody more rights than the ACLs did.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { BucketWorld, PREFIX, TREE } from './bucket-world.js';
import { fill, MANY, RestoreWorld } from './restore-world.js';

const NOBODY = 65534;

function setAcl(path: string, acl: string): void {
  execFileSync('setfacl', ['-m', acl, '--', path]);
}

/** The ACLs of everything below a folder, with owners and modes. */
function aclsOf(folder: string): string {
  const names = readdirSync(folder);
  return execFileSync('getfacl', ['--recursive', '--numeric', '--', ...names], {
    cwd: folder,
    encoding: 'utf8',
  });
}

/** The ACLs in the tree in the bucket, by path. */
function storedAcls(world: BucketWorld): Record<string, string> {
  const lines = gunzipSync(world.bucket.current().get(TREE)?.body ?? '')
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return Object.fromEntries(lines.filter(({ acl }) => acl).map(({ path, acl }) => [path, acl]));
}

/** A PATH with the fakes and the system's programs, except one. */
function pathWithout(world: BucketWorld, program: string): string {
  const folder = join(world.folder, `no ${program}`);
  mkdirSync(folder);
  for (const from of [world.path.split(':')[0] ?? '', '/usr/bin'])
    for (const name of readdirSync(from))
      if (name !== program && !existsSync(join(folder, name)))
        symlinkSync(join(from, name), join(folder, name));
  return folder;
}

for (const count of [0, MANY]) {
  test(`a restore sets the ACLs of ${count === 0 ? 'files that are fetched singly' : 'files that are fetched in bulk'}`, async (t) => {
    const world = new RestoreWorld(t);
    fill(world, count);
    world.write('private', 'for one more');
    chmodSync(join(world.source, 'private'), 0o600);
    setAcl(join(world.source, 'private'), `u:${NOBODY}:r`);
    setAcl(join(world.source, 'd/deep/file'), `g:${NOBODY}:rw,o::-`);
    setAcl(join(world.source, 'd'), `u:${NOBODY}:rx,d:u:${NOBODY}:rwx`);
    setAcl(join(world.source, 'empty'), 'd:g::-');
    await world.backUp();
    // Restored files must not inherit the default ACL of the destination.
    mkdirSync(world.to);
    if (count > 0) setAcl(world.to, `d:u:${NOBODY}:rwx,d:g::rwx`);
    const { code, stderr } = await world.restore();
    assert.equal(code, 0, stderr);
    assert.equal(aclsOf(world.to), aclsOf(world.source));
  });
}

test('without setfacl, the group of a file gets no more rights than it had', async (t) => {
  const world = new RestoreWorld(t);
  world.write('f', 'for one more');
  chmodSync(join(world.source, 'f'), 0o600);
  setAcl(join(world.source, 'f'), `u:${NOBODY}:r`);
  assert.equal(statSync(join(world.source, 'f')).mode & 0o777, 0o640, 'the mask');
  await world.backUp();
  const path = pathWithout(world, 'setfacl');
  const { code, stderr } = await world.restore([], { as: ['env', `PATH=${path}`] });
  assert.equal(code, 3, stderr);
  assert.match(
    stderr,
    /"f" is restored without its ACL: setfacl is not installed \(Debian: apt install acl\)/,
  );
  assert.equal((statSync(join(world.to, 'f')).mode & 0o777).toString(8), '600');
  assert.equal(readFileSync(join(world.to, 'f'), 'utf8'), 'for one more');
});

test('each run reads the ACLs of new and changed files, and keeps those of the others', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  const log = join(world.folder, 'log');
  const real = execFileSync('sh', ['-c', 'command -v getfacl'], { encoding: 'utf8' }).trim();
  world.fake(
    'getfacl',
    `for it; do case "$it" in ./*) echo "$it" >> "${log}";; esac; done\nexec ${real} "$@"`,
  );
  const pathsReadByRun = async (path = world.path) => {
    rmSync(log, { force: true });
    writeFileSync(log, '');
    const { code, stderr } = await world.sync([], { PATH: path });
    assert.equal(code, 0, stderr);
    return readFileSync(log, 'utf8').trim().split('\n').filter(Boolean);
  };
  for (const name of ['a', 'b', 'd/c']) world.write(name, name);
  symlinkSync('a', join(world.source, 'link'));
  setAcl(join(world.source, 'a'), `u:${NOBODY}:r`);
  const a = storedAcl('rw-', 'r--', 'r--');

  assert.deepEqual(await pathsReadByRun(pathWithout(world, 'getfacl')), []);
  assert.deepEqual(storedAcls(world), {}, 'a tree without ACLs');
  assert.deepEqual(await pathsReadByRun(), ['./a', './b', './d/', './d/c'], 'the tree knows of none yet');
  assert.deepEqual(storedAcls(world), { a });
  assert.deepEqual(await pathsReadByRun(), []);
  assert.deepEqual(storedAcls(world), { a });

  setAcl(join(world.source, 'd/c'), `g:${NOBODY}:-`);
  assert.deepEqual(await pathsReadByRun(), ['./d/c']);
  assert.deepEqual(Object.keys(storedAcls(world)), ['a', 'd/c']);
  execFileSync('setfacl', ['-b', join(world.source, 'a')]);
  assert.deepEqual(await pathsReadByRun(), ['./a']);
  assert.deepEqual(Object.keys(storedAcls(world)), ['d/c']);
  assert.deepEqual(world.stored(), ['a', 'b', 'd/c']);

  function storedAcl(user: string, group: string, other: string): string {
    return `user::${user},user:${NOBODY}:r--,group::${group},mask::r--,other::${other}`;
  }
});

test('the ACL of a file that changes during its upload is read again', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  const file = join(world.source, 'a');
  const change = `[ -e "${world.folder}/once" ] || { : > "${world.folder}/once"; echo more >> "${file}"; setfacl -m u:${NOBODY}:r "${file}"; }`;
  world.onCall('*" s3 sync "*', change);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.deepEqual(Object.keys(storedAcls(world)), ['a']);
  assert.deepEqual(
    [...world.bucket.current().keys()].filter((key) => key.startsWith(PREFIX)),
    [`${PREFIX}a`],
  );
});
