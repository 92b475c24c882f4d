import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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
import { Destination, NotRestoredError } from '../../../../lib/restore/destination/destination.js';
import { HeldFolder } from '../../../../lib/restore/destination/held-folder.js';
import { type Bytes, bytesOf, parentOf } from '../../../../lib/tree/bytes.js';
import { temporaryFolder } from '../pieces.js';

/** A destination, a folder beside it, and a file to move. */
function place(t: TestContext, overwrites = true) {
  const folder = temporaryFolder(t);
  const [to, outside] = [join(folder, 'to'), join(folder, 'outside')];
  mkdirSync(to);
  mkdirSync(outside);
  const from = join(folder, 'from');
  writeFileSync(from, 'new');
  return { folder, to, outside, from, destination: new Destination(new HeldFolder(to), overwrites) };
}

const INTO = bytesOf('d/e/file');

test('a file is moved into folders that are made for it', (t) => {
  const { to, from, destination } = place(t, false);
  destination.moveIn(from, INTO);
  assert.equal(readFileSync(join(to, INTO), 'utf8'), 'new');
  assert.ok(!existsSync(from));
});

test('a restore writes nothing through a link anywhere in a path', (t) => {
  for (const [link, leadsTo] of [
    ['d', 'outside'],
    ['d/e', 'outside'],
    ['d', 'nowhere'],
    ['d/e', 'to'],
  ] as const) {
    const { folder, to, outside, from, destination } = place(t);
    if (link === 'd/e') mkdirSync(join(to, 'd'));
    mkdirSync(join(outside, 'e'));
    symlinkSync(join(folder, leadsTo), join(to, link));
    assert.throws(() => destination.moveIn(from, INTO), new NotRestoredError(`a link is at "${to}/${link}"`));
    assert.throws(() => destination.makeFolder(bytesOf('d/e/f/')), NotRestoredError);
    assert.deepEqual([readdirSync(outside), readdirSync(join(outside, 'e'))], [['e'], []]);
    assert.equal(readlinkSync(join(to, link)), join(folder, leadsTo));
  }
});

test('a restore writes nothing through a link that replaces a moved folder', (t) => {
  const { folder, to, outside, from, destination } = place(t);
  destination.makeFolder(bytesOf('d/e/'));
  renameSync(join(to, 'd'), join(folder, 'moved'));
  symlinkSync(outside, join(to, 'd'));
  destination.moveIn(from, INTO);
  destination.makeFolder(bytesOf('d/e/f/'));
  assert.deepEqual(readdirSync(join(folder, 'moved/e')), ['f', 'file']);
  // After that, no folder that was left is entered again.
  destination.makeFolder(bytesOf('other/'));
  assert.equal(destination.statsOf(INTO), undefined);
  assert.throws(
    () => destination.makeFolder(bytesOf('d/e/')),
    new NotRestoredError(`a link is at "${to}/d"`),
  );
  assert.deepEqual(readdirSync(outside), []);
});

test('a change to a restored file reaches that file, and never the target of a link', (t) => {
  const { to, outside, destination } = place(t);
  const [mine, precious] = [join(to, 'file'), join(outside, 'precious')];
  const modes = () => [precious, outside].map((path) => (statSync(path).mode & 0o777).toString(8));
  writeFileSync(precious, '', { mode: 0o600 });
  chmodSync(outside, 0o700);
  for (const [key, type, leadsTo] of [
    ['file', 'file', precious],
    ['folder/', 'directory', outside],
  ] as const) {
    const path = join(to, key.replace('/', ''));
    if (type === 'file') writeFileSync(mine, '');
    else mkdirSync(path);
    destination.withOpen(bytesOf(key), type, (held) => {
      renameSync(path, `${path}-moved`);
      symlinkSync(leadsTo, path);
      chmodSync(held, 0o777);
    });
    assert.equal(statSync(`${path}-moved`).mode & 0o777, 0o777);
    destination.letOwnerWrite(bytesOf(key));
    assert.throws(
      () => destination.withOpen(bytesOf(key), type, (held) => chmodSync(held, 0o777)),
      new NotRestoredError('something else has taken its place'),
    );
    assert.deepEqual(modes(), ['600', '700']);
  }
});

test('a link in the place of a file is replaced, not followed', (t) => {
  const { to, outside, from, destination } = place(t);
  symlinkSync(join(outside, 'file'), join(to, 'x'));
  destination.moveIn(from, bytesOf('x'));
  assert.ok(lstatSync(join(to, 'x')).isFile());
  assert.deepEqual(readdirSync(outside), []);
});

test('a file and a link replace each other, but neither replaces a folder, nor a folder a file', (t) => {
  const { folder, to, from, destination } = place(t);
  const link = join(folder, 'link');
  symlinkSync('elsewhere', link);
  writeFileSync(join(to, 'file'), 'old');
  destination.moveIn(link, bytesOf('file'));
  assert.equal(readlinkSync(join(to, 'file')), 'elsewhere');
  mkdirSync(join(to, 'folder'));
  const aFolder = new NotRestoredError(`a folder is at "${to}/folder"`);
  assert.throws(() => destination.moveIn(from, bytesOf('folder')), aFolder);
  writeFileSync(join(to, 'f'), 'old');
  assert.throws(() => destination.makeFolder(bytesOf('f/')), new NotRestoredError(`a file is at "${to}/f"`));
  assert.throws(
    () => destination.moveIn(from, bytesOf('f/x')),
    new NotRestoredError(`a file is at "${to}/f"`),
  );
  assert.equal(readFileSync(join(to, 'f'), 'utf8'), 'old');
});

test('a file is copied to another file system with its mode and time, and nothing is left beside it', (t) => {
  const { folder, from } = place(t);
  // Usually another file system, in memory.
  const elsewhere = mkdtempSync('/dev/shm/destination-');
  t.after(() => rmSync(elsewhere, { recursive: true }));
  assert.notEqual(statSync(elsewhere).dev, statSync(folder).dev);
  const destination = new Destination(new HeldFolder(elsewhere), true);
  chmodSync(from, 0o640);
  utimesSync(from, 1_500_000_000, 1_500_000_000);
  const link = join(folder, 'link');
  symlinkSync('nowhere', link);
  assert.equal(destination.moveIn(from, INTO), 'copied');
  assert.equal(destination.moveIn(link, bytesOf('d/e/link')), 'copied');
  const stats = statSync(join(elsewhere, INTO));
  assert.deepEqual([stats.mode & 0o777, stats.mtimeMs], [0o640, 1_500_000_000_000]);
  assert.equal(readFileSync(join(elsewhere, INTO), 'utf8'), 'new');
  assert.equal(readlinkSync(join(elsewhere, 'd/e/link')), 'nowhere');
  assert.deepEqual([readdirSync(join(elsewhere, 'd/e')), existsSync(from)], [['file', 'link'], false]);
  mkdirSync(join(elsewhere, 'folder'));
  writeFileSync(from, 'new');
  assert.throws(() => destination.moveIn(from, bytesOf('folder')), NotRestoredError);
  assert.deepEqual(readdirSync(elsewhere), ['d', 'folder']);
});

test('without permission to overwrite, existing files stay', (t) => {
  const { to, from, destination } = place(t, false);
  writeFileSync(join(to, 'file'), 'old');
  symlinkSync('nowhere', join(to, 'link'));
  assert.throws(
    () => destination.moveIn(from, bytesOf('file')),
    new NotRestoredError(`a file is at "${to}/file"`),
  );
  assert.throws(
    () => destination.moveIn(from, bytesOf('link')),
    new NotRestoredError(`a link is at "${to}/link"`),
  );
  assert.equal(readFileSync(join(to, 'file'), 'utf8'), 'old');
  assert.equal(readlinkSync(join(to, 'link')), 'nowhere');
});

test('an error of the file system becomes a message', (t) => {
  const { folder, from, destination } = place(t);
  const missing = new NotRestoredError('no such file or folder');
  assert.throws(() => destination.moveIn(join(folder, 'missing'), bytesOf('x')), missing);
  assert.throws(
    () => destination.moveIn(from, bytesOf('x'.repeat(256))),
    new NotRestoredError('the name is too long'),
  );
});

test('a folder is made with the given mode, and those above it with the usual one', (t) => {
  const { to, destination } = place(t);
  destination.makeFolder(bytesOf('d/e/'), 0o700);
  assert.equal(statSync(join(to, 'd/e')).mode & 0o777, 0o700);
  assert.equal(statSync(join(to, 'd')).mode & 0o777, 0o777 & ~process.umask());
});

test('a folder that keeps its owner out is opened to the owner, and to nobody else', (t) => {
  const { to, destination } = place(t);
  for (const [mode, expected] of [
    [0o500, 0o700],
    [0o0, 0o700],
    [0o2555, 0o2755],
    [0o711, 0o711],
  ] as const) {
    mkdirSync(join(to, `${mode}`));
    chmodSync(join(to, `${mode}`), mode);
    destination.letOwnerWrite(bytesOf(`${mode}/`));
    assert.equal(statSync(join(to, `${mode}`)).mode & 0o7777, expected);
  }
});

test('a name may be any bytes', (t) => {
  const { to, from, destination } = place(t);
  const key = 'd\xff\n/f\xfe' as Bytes;
  destination.moveIn(from, key);
  const path = Buffer.from(`${to}/${key}`, 'latin1');
  assert.equal(readFileSync(path, 'utf8'), 'new');
  assert.equal(destination.statsOf(key)?.size, 3n);
});

test('parentOf gives the folder that a key is in', () => {
  for (const [key, parent] of [
    ['a', ''],
    ['a/', ''],
    ['a/b', 'a/'],
    ['a/b/', 'a/'],
  ] as const) {
    assert.equal(parentOf(bytesOf(key)), parent);
  }
});
