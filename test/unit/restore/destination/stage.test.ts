import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BackupError } from '../../../../lib/cli/errors.js';
import { HeldFolder } from '../../../../lib/restore/destination/held-folder.js';
import { isEmptyBut, Stage } from '../../../../lib/restore/destination/stage.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';
import { temporaryFolder } from '../pieces.js';

const WANT = { size: 3, lastModified: 1_500_000_000_000, isCurrent: true };

function opened(t: TestContext): { to: string; stage: Stage } {
  const to = temporaryFolder(t);
  const stage = new Stage(new HeldFolder(to), ['bucket', 'prefix/']);
  stage.open();
  return { to, stage };
}

/** As the AWS CLI writes what it syncs. */
function arrive(stage: Stage, name: string, content: string, milliseconds: number): string {
  const file = join(stage.bulk, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  utimesSync(file, milliseconds / 1000, milliseconds / 1000);
  return file;
}

test('it is hidden from others, counts as nothing, and goes without a trace', (t) => {
  const { to, stage } = opened(t);
  assert.equal(statSync(stage.folder).mode & 0o777, 0o700);
  assert.equal(isEmptyBut(readdirSync(to)), true);
  assert.equal(isEmptyBut([...readdirSync(to), '.encrypted']), false);
  stage.remove();
  assert.deepEqual(readdirSync(to), []);
});

test('another source has another one', (t) => {
  const { to, stage } = opened(t);
  assert.equal(new Stage(new HeldFolder(to), ['bucket', 'prefix/']).folder, stage.folder);
  assert.notEqual(new Stage(new HeldFolder(to), ['bucket', 'other/']).folder, stage.folder);
});

test('those of other sources are found', (t) => {
  const { to, stage } = opened(t);
  writeFileSync(join(to, 'file'), '');
  assert.deepEqual(stage.others(), []);
  const other = new Stage(new HeldFolder(to), ['bucket', 'other/']);
  other.open();
  assert.deepEqual(stage.others(), [other.folder]);
});

test('what came in bulk is taken by its size and the time of the object', (t) => {
  const { stage } = opened(t);
  const key = bytesOf('d/ü\n');
  assert.equal(stage.arrived(key, WANT, 0), undefined);
  const file = arrive(stage, 'd/ü\n', 'abc', WANT.lastModified);
  assert.equal(`${stage.arrived(key, WANT, 0)}`, file);
  // S3 tells some times with a fraction, to which the AWS CLI does not set the file.
  assert.equal(`${stage.arrived(key, { ...WANT, lastModified: WANT.lastModified + 999 }, 0)}`, file);
  assert.equal(stage.arrived(key, { ...WANT, size: 4 }, 0), undefined);
  for (const seconds of [-2, -1, 2, 3]) {
    const lastModified = WANT.lastModified + seconds * 1000;
    assert.equal(stage.arrived(key, { ...WANT, lastModified }, 0), undefined);
  }
  // As FAT keeps it.
  assert.equal(`${stage.arrived(key, { ...WANT, lastModified: WANT.lastModified + 1000 }, 0)}`, file);
  rmSync(file);
  mkdirSync(file);
  const { size, mtimeMs } = statSync(file);
  assert.equal(stage.arrived(key, { ...WANT, size, lastModified: mtimeMs }, 0), undefined);
});

test('what came by itself goes by its line, whatever its time', (t) => {
  const { stage } = opened(t);
  writeFileSync(stage.single(7), 'abc');
  assert.equal(stage.arrived(bytesOf('x'), WANT, 7), stage.single(7));
  assert.equal(stage.arrived(bytesOf('x'), WANT, 8), undefined);
  assert.equal(stage.arrived(bytesOf('x'), { ...WANT, size: 2 }, 7), undefined);
});

test('a placeholder has the size, takes no room, is older than any object, and never arrives', (t) => {
  const { stage } = opened(t);
  stage.keepOut(bytesOf('d/big'), 1e12);
  const { size, mtimeMs, blocks } = statSync(join(stage.bulk, 'd/big'));
  assert.deepEqual([size, mtimeMs, blocks], [1e12, 1000, 0]);
  assert.equal(stage.arrived(bytesOf('d/big'), { ...WANT, size: 1e12 }, 0), undefined);
  // It takes the place of what an earlier restore has left.
  arrive(stage, 'old', 'abc', WANT.lastModified);
  stage.keepOut(bytesOf('old'), 3);
  assert.equal(stage.arrived(bytesOf('old'), WANT, 0), undefined);
});

test('where none can be, there is none, and none is outside', (t) => {
  const { to, stage } = opened(t);
  const before = readdirSync(to);
  for (const key of ['../../out', '/out', 'a//b', 'folder/', '', 'x'.repeat(256)]) {
    stage.keepOut(bytesOf(key), 3);
  }
  arrive(stage, 'file', 'abc', WANT.lastModified);
  stage.keepOut(bytesOf('file/below'), 3);
  assert.deepEqual(readdirSync(stage.bulk), ['file']);
  assert.deepEqual(readdirSync(to), before);
});

test('the next restore finds whole files, and neither placeholders nor singles', (t) => {
  const { to, stage } = opened(t);
  arrive(stage, 'd/file', 'x'.repeat(5000), WANT.lastModified);
  stage.keepOut(bytesOf('d/unwanted'), 10);
  stage.keepOut('d/\xff' as Bytes, 10);
  writeFileSync(stage.single(1), 'half');
  const next = new Stage(new HeldFolder(to), ['bucket', 'prefix/']);
  assert.equal(next.held(), 8192);
  next.open();
  assert.deepEqual(readdirSync(join(stage.bulk, 'd')), ['file']);
  assert.ok(!existsSync(stage.single(1)));
  assert.equal(new Stage(new HeldFolder(to), ['other']).held(), 0);
});

test('what an aws of a killed restore still writes is no file of the next one', (t) => {
  const { to, stage: killed } = opened(t);
  const next = new Stage(new HeldFolder(to), ['bucket', 'prefix/']);
  next.open();
  assert.notEqual(next.single(0), killed.single(0));
  // Its folder is gone; it may make it anew.
  assert.throws(() => writeFileSync(killed.single(0), 'abc'), /ENOENT/);
  mkdirSync(join(killed.single(0), '..'));
  writeFileSync(killed.single(0), 'abc');
  assert.equal(next.arrived(bytesOf('x'), WANT, 0), undefined);
  new Stage(new HeldFolder(to), ['bucket', 'prefix/']).open();
  assert.ok(!existsSync(killed.single(0)) && !existsSync(next.single(0)));
});

test('what is left of an earlier restore goes where another object is to arrive', (t) => {
  const { to, stage: killed } = opened(t);
  for (const name of ['kept', 'older', 'folder/that was', 'file']) {
    arrive(killed, name, 'abc', WANT.lastModified - (name === 'kept' ? 0 : 1000));
  }
  const stage = new Stage(new HeldFolder(to), ['bucket', 'prefix/']);
  stage.open();
  for (const key of ['kept', 'older', 'folder', 'file/below/it', 'new/one', 'top']) {
    stage.makeRoom(bytesOf(key), WANT, 0);
  }
  assert.deepEqual(readdirSync(stage.bulk), ['kept']);
});

test('a link is made to be moved, one after the other', (t) => {
  const { stage } = opened(t);
  assert.equal(readlinkSync(stage.link(bytesOf('first'))), 'first');
  assert.equal(readlinkSync(stage.link('\xff' as Bytes), 'latin1'), '\xff');
  assert.throws(() => stage.link('' as Bytes), /no such file or folder/);
});

test('a link or file in its place is not used', (t) => {
  const to = temporaryFolder(t);
  const outside = temporaryFolder(t);
  const stage = new Stage(new HeldFolder(to), ['x']);
  symlinkSync(outside, stage.folder);
  assert.throws(() => stage.open(), BackupError);
  rmSync(stage.folder);
  writeFileSync(stage.folder, '');
  assert.throws(() => stage.open(), /is in the way: it is not a folder of this user/);
  assert.deepEqual(readdirSync(outside), []);
});

test("another user's folder in its place is not used, and stays as it is", {
  skip: process.getuid?.() !== 0 && 'only root gives owners',
}, (t) => {
  const to = temporaryFolder(t);
  const stage = new Stage(new HeldFolder(to), ['x']);
  mkdirSync(join(stage.folder, 'bulk'), { recursive: true });
  chownSync(stage.folder, 1234, 1234);
  assert.throws(() => stage.open(), /is in the way: it is not a folder of this user/);
  assert.deepEqual(readdirSync(stage.folder), ['bulk']);
});

test('one that is moved, and a link in its place: files arrive where they did, and only they are removed', (t) => {
  const { to, stage } = opened(t);
  const outside = temporaryFolder(t);
  const moved = join(temporaryFolder(t), 'moved');
  writeFileSync(join(outside, 'precious'), '');
  renameSync(stage.folder, moved);
  symlinkSync(outside, stage.folder);
  writeFileSync(stage.single(7), 'abc');
  assert.equal(stage.arrived(bytesOf('x'), WANT, 7), stage.single(7));
  assert.equal(stage.remove(), 'a part of the path is not a folder');
  assert.deepEqual([readdirSync(outside), readdirSync(moved), readdirSync(to).length], [['precious'], [], 1]);
});
