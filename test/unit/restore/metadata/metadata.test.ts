import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NotRestoredError } from '../../../../lib/restore/destination/destination.js';
import { Metadata, setMtime } from '../../../../lib/restore/metadata/metadata.js';
import { Owners, ownersOf } from '../../../../lib/restore/metadata/owners.js';
import { entry, temporaryFolder } from '../pieces.js';

const metadataWith = (keepsSetid: boolean) =>
  new Metadata({ keepsSetid, onAclFailure: () => undefined, replacesAcls: false, owners: ownersOf(false) });
const isRoot = process.getuid?.() === 0;

/** Modes in the tree, the restored modes, and the restored modes with setuid and setgid (as root). */
const MODES: readonly [number, number, number][] = [
  [0o644, 0o644, 0o644],
  [0o000, 0o000, 0o000],
  [0o777, 0o777, 0o777],
  [0o1777, 0o1777, 0o1777],
  [0o4755, 0o755, 0o4755],
  [0o2755, 0o755, 0o2755],
  [0o7777, 0o1777, 0o7777],
];

for (const keepsSetid of [false, true]) {
  test(`modes are set ${keepsSetid ? 'with' : 'without'} setuid and setgid`, (t) => {
    const folder = temporaryFolder(t);
    const metadata = metadataWith(keepsSetid);
    for (const [mode, without, asRoot] of MODES) {
      const [file, directory] = [join(folder, `f${mode}`), join(folder, `d${mode}`)];
      writeFileSync(file, '');
      mkdirSync(directory);
      metadata.apply(file, entry('f', { mode }));
      metadata.apply(directory, entry('d/', { mode }));
      const expected = keepsSetid && isRoot ? asRoot : without;
      for (const path of [file, directory]) {
        assert.equal((statSync(path).mode & 0o7777).toString(8), expected.toString(8));
      }
    }
  });
}

test('owners whose names have other numbers here are warned of once each', {
  skip: !isRoot && 'only root gives owners',
}, (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  const ids = { uidOf: (name: string) => ({ anna: 70001, root: 0 })[name], gidOf: () => 70002 };
  const owners = new Owners(ids);
  const metadata = new Metadata({
    keepsSetid: false,
    onAclFailure: () => undefined,
    replacesAcls: false,
    owners,
  });
  const warnings: string[] = [];
  const log = { warn: (text: string) => warnings.push(text) };
  metadata.apply(file, { ...entry('file', { uid: 0, gid: 70002 }), user: 'root', group: 'staff' });
  owners.warnOfOtherNumbers(log);
  assert.deepEqual(warnings, []);
  for (const _ of [1, 2])
    metadata.apply(file, { ...entry('file', { uid: 1000, gid: 1 }), user: 'anna', group: 'staff' });
  assert.deepEqual([lstatSync(file).uid, lstatSync(file).gid], [70001, 70002]);
  owners.warnOfOtherNumbers(log);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? '',
    /user anna \(70001 here, 1000 in the backup\), group staff \(70002 here, 1 in the backup\)\. .*--numeric-ids/,
  );
});

test('neither a link nor what it leads to gets a mode', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '', { mode: 0o600 });
  symlinkSync('file', join(folder, 'link'));
  const before = lstatSync(join(folder, 'file'), { bigint: true });
  const link = entry('link', { mode: 0o777, mtime: '86400000000000' }, 'file');
  metadataWith(true).apply(join(folder, 'link'), link);
  setMtime(join(folder, 'link'), link.inode);
  assert.deepEqual(lstatSync(join(folder, 'file'), { bigint: true }), before);
  assert.equal(lstatSync(join(folder, 'link')).mtimeMs, 86_400_000);
});

test('owners are set by name, or by number where the system does not have the name', {
  skip: !isRoot && 'only root gives owners',
}, (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const owners = () => [lstatSync(file).uid, lstatSync(file).gid];
  const metadata = metadataWith(true);
  const numbers = entry('file', { uid: 12345, gid: 54321, mode: 0o6755 });
  metadata.apply(file, numbers);
  assert.deepEqual(owners(), [12345, 54321]);
  assert.equal(lstatSync(file).mode & 0o7777, 0o6755);
  metadata.apply(file, { ...numbers, user: 'no such user', group: 'root' });
  assert.deepEqual(owners(), [12345, 0]);
  metadata.apply(file, { ...numbers, user: 'root', group: 'no such group' });
  assert.deepEqual(owners(), [0, 54321]);
  symlinkSync('file', join(folder, 'link'));
  metadata.apply(join(folder, 'link'), entry('link', { uid: 11, gid: 12 }, 'file'));
  assert.deepEqual([lstatSync(join(folder, 'link')).uid, ...owners()], [11, 0, 54321]);
});

test('a missing file is an error', (t) => {
  const missing = join(temporaryFolder(t), 'missing');
  assert.throws(() => metadataWith(false).apply(missing, entry('missing')), NotRestoredError);
  assert.throws(() => setMtime(missing, entry('missing').inode), NotRestoredError);
});
