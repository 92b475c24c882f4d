import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HeldFolder } from '../../../../lib/restore/destination/held-folder.js';
import { temporaryFolder } from '../pieces.js';

test('a change below the path of a held folder happens in that folder, wherever it is moved', (t) => {
  const above = temporaryFolder(t);
  const path = join(above, 'held');
  mkdirSync(path);
  const held = new HeldFolder(path);
  renameSync(path, join(above, 'moved'));
  symlinkSync(temporaryFolder(t), path);
  writeFileSync(join(held.path, 'file'), '');
  const made = held.makeOrOpen('new');
  writeFileSync(join(made.path, 'inner'), '');
  assert.deepEqual(readdirSync(join(above, 'moved')), ['file', 'new']);
  assert.equal(made.name, join(path, 'new'));
  assert.deepEqual(readdirSync(held.makeOrOpen('new').path), ['inner']);
});

test('a link that leads to a folder, and a file, are not opened', (t) => {
  const folder = temporaryFolder(t);
  const held = new HeldFolder(folder);
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('.', join(folder, 'link'));
  for (const name of ['file', 'link']) {
    assert.throws(() => held.inner(name), { code: 'ENOTDIR' });
    assert.throws(() => held.makeOrOpen(name), { code: 'ENOTDIR' });
    assert.throws(() => held.removeEmpty(name), { code: 'ENOTDIR' });
  }
});

test('in a message of a child process, the name of the folder replaces its path', (t) => {
  const held = new HeldFolder(temporaryFolder(t), '/as/$& named');
  for (const [said, expected] of [
    [`to ${held.path}/bulk/x: no`, 'to /as/$& named/bulk/x: no'],
    [`to ../../..${held.path}/x and .${held.path}`, 'to /as/$& named/x and /as/$& named'],
    [`${held.path.slice(1)}/x`, '/as/$& named/x'],
    [`${held.path}7/x`, `${held.path}7/x`],
  ]) {
    assert.equal(held.nameInMessage(said ?? ''), expected);
  }
});
