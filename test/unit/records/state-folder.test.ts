import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { makeFolders, openStateFolder } from '../../../lib/records/state-folder.js';

const BACKUP = { endpointUrl: undefined, bucket: 'bucket', prefix: '' };

test('each backup has a folder, in which a killed run leaves nothing for long', (t) => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'state-')));
  t.after(() => rmSync(home, { recursive: true }));
  const environment = { HOME: home };
  const one = openStateFolder({ ...BACKUP, prefix: 'one/', environment }, true);
  const other = openStateFolder({ ...BACKUP, prefix: 'other/', environment }, true);
  assert.notEqual(one.treeCopy, other.treeCopy);
  assert.ok(one.treeCopy?.startsWith(join(home, '.local/state/encrypted-s3-backup/')));
  assert.equal(statSync(one.runFolder).mode & 0o777, 0o700);
  const abandoned = [
    'run-999999999-1-abc',
    'run-999999999-abc',
    `run-${process.pid}-1-abc`, // of an earlier process with our PID
    `run-${process.pid}-abc`,
    `run-${process.ppid}-1-abc`,
  ].map((name) => join(dirname(one.runFolder), name));
  for (const folder of abandoned) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes'), '');
  }
  const again = openStateFolder({ ...BACKUP, prefix: 'one/', environment }, true);
  assert.deepEqual(abandoned.filter(existsSync), []);
  assert.equal(existsSync(one.runFolder), true, 'that of a living process stays');
  again.remove();
  assert.equal(existsSync(again.runFolder), false);
});

test('the state folder is named without links, so that a backup of the home directory leaves it out', (t) => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'state-')));
  t.after(() => rmSync(home, { recursive: true }));
  const state = openStateFolder({ ...BACKUP, environment: { HOME: home } }, true);
  assert.deepEqual(state.ownFolders, [join(home, '.local/state/encrypted-s3-backup')]);
  state.remove();
});

test('without a place for a state folder, a temporary folder serves, and a dry run keeps nothing', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'state-'));
  t.after(() => rmSync(home, { recursive: true }));
  const nowhere = openStateFolder({ ...BACKUP, environment: { XDG_STATE_HOME: '/dev/null/none' } }, true);
  assert.equal(nowhere.treeCopy, undefined);
  assert.equal(dirname(nowhere.runFolder), realpathSync(tmpdir()));
  nowhere.remove();
  const dry = openStateFolder({ ...BACKUP, environment: { HOME: home } }, false);
  dry.remove();
  assert.equal(existsSync(join(home, '.local')), false);
});

test('folders are made once, with those above them, but never below a file or where none can be', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'make-folders-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const deep = join(folder, 'a/b/c');
  for (const _ of ['the first time', 'the second']) makeFolders(deep, 0o700);
  for (const path of [deep, join(folder, 'a')]) assert.equal(statSync(path).mode & 0o7777, 0o700);
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => makeFolders(join(folder, 'file')), { code: 'EEXIST' });
  assert.throws(() => makeFolders(join(folder, 'file/below')), { code: 'ENOTDIR' });
  assert.throws(() => makeFolders('/proc/nowhere/below'), { code: 'ENOENT' });
});
