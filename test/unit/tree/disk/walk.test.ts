import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import { walk } from '../../../../lib/tree/disk/walk.js';
import { flatten } from '../../../../lib/tree/streams/batches.js';
import { NO_EXCLUSION } from '../../../fakes/exclusions.js';
import { WITHOUT_ROOTS_RIGHTS } from '../../../fakes/without-roots-rights.js';

const options = { followSymlinks: false, exclusion: NO_EXCLUSION };

function makeRoot(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'walk-'));
  t.after(() => {
    execFileSync('chmod', ['-R', 'u+rwx', root]);
    rmSync(root, { recursive: true });
  });
  return root;
}

async function walked(root: string, followSymlinks = false) {
  const found: string[] = [];
  for await (const entry of flatten(walk(bytesOf(root), { ...options, followSymlinks }))) {
    found.push(`${entry.key} ${entry.type === 'obstacle' ? entry.reason : entry.type}`);
  }
  return found;
}

test('entries come in the order of the bytes of their keys', async (t) => {
  const root = makeRoot(t);
  mkdirSync(join(root, 'a'));
  mkdirSync(join(root, 'a.d'));
  mkdirSync(join(root, '\u{1F600}'));
  for (const name of ['a-b', 'a/x', 'a.d/y', 'a0', 'ﬀ', '\u{1F600}/z', 'b\nc', 'B'])
    writeFileSync(join(root, name), '');
  const keys: Buffer[] = [];
  for await (const { key } of flatten(walk(bytesOf(root), options))) keys.push(Buffer.from(key, 'latin1'));
  assert.deepEqual(keys, keys.toSorted(Buffer.compare));
  assert.deepEqual(
    keys.map((it) => it.toString()),
    ['B', 'a-b', 'a.d/', 'a.d/y', 'a/', 'a/x', 'a0', 'b\nc', 'ﬀ', '\u{1F600}/', '\u{1F600}/z'],
  );
});

test('special files, names that are not UTF-8, loops and dangling links are obstacles', async (t) => {
  const root = makeRoot(t);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff])]), '');
  mkdirSync(Buffer.concat([Buffer.from(`${root}/dir`), Buffer.from([0xff])]));
  execFileSync('mkfifo', [join(root, 'fifo')]);
  symlinkSync('/nowhere', join(root, 'link'));
  symlinkSync('.', join(root, 'self'));
  symlinkSync('to-itself', join(root, 'to-itself'));
  mkdirSync(join(root, 'target'));
  writeFileSync(join(root, 'target/file'), '');
  symlinkSync('target', join(root, 'to'));
  symlinkSync('to/file', join(root, 'to-file'));
  const always = ['bad\xff not UTF-8', 'dir\xff not UTF-8', 'fifo special'];
  assert.deepEqual(await walked(root), [
    ...always.slice(0, 1),
    'dir\xff/ not UTF-8',
    ...always.slice(2),
    'link link',
    'self link',
    'target/ directory',
    'target/file file',
    'to link',
    'to-file link',
    'to-itself link',
  ]);
  assert.deepEqual(await walked(root, true), [
    'bad\xff not UTF-8',
    'dir\xff/ not UTF-8',
    'fifo special',
    'link dangling',
    'self/ loop',
    'target/ directory',
    'target/file file',
    'to-file file',
    'to-itself dangling',
    'to/ directory',
    'to/file file',
  ]);
});

test("files and folders that can't be read are obstacles", async (t) => {
  const root = makeRoot(t);
  for (const name of ['locked', 'listed']) mkdirSync(join(root, name));
  for (const name of ['file', 'locked/x', 'listed/y']) writeFileSync(join(root, name), '');
  chmodSync(join(root, 'file'), 0);
  chmodSync(join(root, 'locked'), 0);
  chmodSync(join(root, 'listed'), 0o444);
  const module = new URL('../../../../lib/tree/disk/walk.js', import.meta.url).href;
  const fake = new URL('../../../fakes/exclusions.js', import.meta.url).href;
  const script = `import { walk } from ${JSON.stringify(module)};
    import { NO_EXCLUSION as exclusion } from ${JSON.stringify(fake)};
    for await (const entries of walk(${JSON.stringify(root)}, { followSymlinks: false, exclusion }))
      for (const { key, type, reason } of entries) console.log(key, reason ?? type);`;
  const [program = '', ...args] = [
    ...WITHOUT_ROOTS_RIGHTS,
    process.execPath,
    '--input-type=module',
    '-e',
    script,
  ];
  const output = execFileSync(program, args, { encoding: 'utf8' });
  assert.deepEqual(output.trimEnd().split('\n'), [
    'file unreadable',
    'listed/ directory',
    'listed/y unreadable',
    'locked/ directory',
    'locked/ unreadable',
  ]);
});

test('a walk ends when onTurn throws', async (t) => {
  const root = makeRoot(t);
  for (let number = 0; number < 1000; number += 1) writeFileSync(join(root, `${number}`), '');
  const onTurn = () => {
    throw new Error('enough');
  };
  const counting = async () => {
    let count = 0;
    for await (const _ of flatten(walk(bytesOf(root), { ...options, onTurn }))) count += 1;
    return count;
  };
  await assert.rejects(counting(), /enough/);
});

test('a file that becomes a folder during the walk is left out: its key would be out of order', async (t) => {
  const root = makeRoot(t);
  for (const name of ['a', 'b', 'b-', 'gone', 'z']) writeFileSync(join(root, name), '');
  const found: string[] = [];
  for await (const { key } of flatten(walk(bytesOf(root), options))) {
    if (key === 'a') {
      for (const name of ['b', 'gone']) rmSync(join(root, name));
      mkdirSync(join(root, 'b'));
    }
    found.push(key);
  }
  assert.deepEqual(found, ['a', 'b-', 'z']);
});

test('each file has the latest ctime of the folders and links on its path', async (t) => {
  const root = makeRoot(t);
  mkdirSync(join(root, 'a/b'), { recursive: true });
  for (const path of ['a/b/f', 'g']) writeFileSync(join(root, path), '');
  symlinkSync('a/b', join(root, 'to'));
  symlinkSync('g', join(root, 'to-g'));
  const changed = (path: string) => lstatSync(join(root, path)).ctimeMs;
  const waysChanged = async (followSymlinks: boolean) => {
    const found: Record<string, number | undefined> = {};
    for await (const entry of flatten(walk(bytesOf(root), { ...options, followSymlinks })))
      if (entry.type === 'file') found[entry.key] = entry.pathChangedAt;
    return found;
  };
  assert.deepEqual(await waysChanged(false), { 'a/b/f': Math.max(changed('a'), changed('a/b')), g: 0 });
  assert.deepEqual(await waysChanged(true), {
    'a/b/f': Math.max(changed('a'), changed('a/b')),
    g: 0,
    'to/f': Math.max(changed('to'), changed('a/b')),
    'to-g': Math.max(changed('to-g'), changed('g')),
  });
  // Repeats until the file system's clock advances.
  for (const before = changed('a'); changed('a') <= before; ) {
    renameSync(join(root, 'a'), join(root, 'c'));
    renameSync(join(root, 'c'), join(root, 'a'));
  }
  const renamed = changed('a');
  assert.ok(renamed > changed('a/b'));
  assert.equal((await waysChanged(false))['a/b/f'], renamed);
});
