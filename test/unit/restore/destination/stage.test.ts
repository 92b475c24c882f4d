import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HeldFolder } from '../../../../lib/restore/destination/held-folder.js';
import { bytesInStage, holdsOnlyStages, Stage } from '../../../../lib/restore/destination/stage.js';
import type { PlannedFile } from '../../../../lib/restore/plan/planned-file.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';
import { temporaryFolder } from '../pieces.js';

const SOURCE = { bucket: 'bucket', prefix: 'prefix/' };
const OTHER = { bucket: 'bucket', prefix: 'other/' };

function file(index: number, size = 3): PlannedFile {
  const wanted = { size, lastModified: 1_500_000_000_000, isCurrent: true };
  return { key: bytesOf('x'), index, method: 'singly', wanted };
}

function open(to: string, source = SOURCE): Stage {
  return new Stage(new HeldFolder(to), source);
}

function opened(t: TestContext): { to: string; stage: Stage } {
  const to = temporaryFolder(t);
  return { to, stage: open(to) };
}

/** Removes the stage. @returns the warning */
function remove(stage: Stage): string | undefined {
  let warning: string | undefined;
  stage.removeOrWarn({
    warn: (message) => {
      warning = message;
    },
  });
  return warning;
}

test('a stage is closed to others, does not count as content, and leaves no trace', (t) => {
  const { to, stage } = opened(t);
  assert.equal(statSync(stage.held.name).mode & 0o777, 0o700);
  assert.equal(holdsOnlyStages(readdirSync(to)), true);
  assert.equal(holdsOnlyStages([...readdirSync(to), '.encrypted']), false);
  assert.equal(remove(stage), undefined);
  assert.deepEqual(readdirSync(to), []);
});

test('the same source has the same stage, and others have their own, which are found', (t) => {
  const { to, stage } = opened(t);
  writeFileSync(join(to, 'file'), '');
  assert.equal(open(to).held.name, stage.held.name);
  assert.deepEqual(stage.others(), []);
  const other = open(to, OTHER);
  assert.notEqual(other.held.name, stage.held.name);
  assert.deepEqual(stage.others(), [other.held.name]);
});

test('a file that was fetched singly is found by its number, whatever its time', (t) => {
  const { stage } = opened(t);
  writeFileSync(stage.singlePath(file(7)), 'abc');
  assert.equal(stage.findArrived(file(7)), stage.singlePath(file(7)));
  assert.equal(stage.findArrived(file(8)), undefined);
  assert.equal(stage.findArrived(file(7, 2)), undefined);
});

test('the next restore finds files of the bulk download, with the room that they take, and no single downloads', (t) => {
  const { to, stage } = opened(t);
  writeFileSync(join(stage.bulk.path, 'file'), 'x'.repeat(5000));
  writeFileSync(stage.singlePath(file(1)), 'half');
  assert.equal(bytesInStage(new HeldFolder(to), SOURCE), 8192);
  assert.equal(bytesInStage(new HeldFolder(to), OTHER), 0);
  const next = open(to);
  assert.deepEqual(readdirSync(next.bulk.path), ['file']);
  assert.ok(!existsSync(stage.singlePath(file(1))));
});

test('a file that an aws of a killed restore still writes is not used by the next restore', (t) => {
  const { to, stage: killed } = opened(t);
  const next = open(to);
  const left = killed.singlePath(file(0));
  assert.notEqual(next.singlePath(file(0)), left);
  // The folder is gone. The AWS CLI may make a new one.
  assert.throws(() => writeFileSync(left, 'abc'), /ENOENT/);
  mkdirSync(join(left, '..'));
  writeFileSync(left, 'abc');
  assert.equal(next.findArrived(file(0)), undefined);
  open(to);
  assert.ok(!existsSync(left) && !existsSync(next.singlePath(file(0))));
});

test('links are made in the stage to be moved, one after the other', (t) => {
  const { stage } = opened(t);
  assert.equal(readlinkSync(stage.makeLink(bytesOf('first'))), 'first');
  assert.equal(readlinkSync(stage.makeLink('\xff' as Bytes), 'latin1'), '\xff');
  assert.throws(() => stage.makeLink('' as Bytes), /no such file or folder/);
});

test('a link or a file in the place of the stage is not used', (t) => {
  const name = basename(opened(t).stage.held.name);
  for (const occupy of [
    (path: string) => symlinkSync(temporaryFolder(t), path),
    (path: string) => writeFileSync(path, ''),
  ]) {
    const to = temporaryFolder(t);
    occupy(join(to, name));
    assert.throws(() => open(to), /is in the way: it is not a folder of this user/);
  }
});

test("another user's folder in the place of the stage is not used, and stays as it is", {
  skip: process.getuid?.() !== 0 && 'only root gives owners',
}, (t) => {
  const { to, stage } = opened(t);
  chownSync(stage.held.name, 1234, 1234);
  const before = readdirSync(stage.held.name);
  assert.throws(() => open(to), /is in the way: it is not a folder of this user/);
  assert.deepEqual(readdirSync(stage.held.name), before);
});

test('a stage that somebody moves is used where it is, and a link in its place is neither followed nor removed', (t) => {
  const { to, stage } = opened(t);
  const outside = temporaryFolder(t);
  const moved = join(temporaryFolder(t), 'moved');
  writeFileSync(join(outside, 'precious'), '');
  renameSync(stage.held.name, moved);
  symlinkSync(outside, stage.held.name);
  writeFileSync(stage.singlePath(file(7)), 'abc');
  assert.equal(stage.findArrived(file(7)), stage.singlePath(file(7)));
  assert.match(remove(stage) ?? '', /can't be removed: a part of the path is not a folder\./);
  assert.deepEqual([readdirSync(outside), readdirSync(moved), readdirSync(to).length], [['precious'], [], 1]);
});
