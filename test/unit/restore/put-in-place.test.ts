import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { InterruptedError } from '../../../lib/cli/errors.js';
import { Interruption } from '../../../lib/cli/signals/interruption.js';
import type { Bytes } from '../../../lib/tree/bytes.js';
import { entry, MTIME, temporaryFolder } from './pieces.js';
import { Place, STORED } from './place.js';

test('a whole tree is restored, with modes and times to the nanosecond', async (t) => {
  const place = new Place(t);
  place.add('d/file', 'abc');
  place.add('d/read-only/file', 'abc');
  const at = (mtime: string, mode: number) => ({ size: 3, mtime, mode });
  const restored = await place.put([
    entry('d/', at('111111111111111111', 0o750)),
    entry('d/dangling', at('-5', 0o777), 'nowhere'),
    entry('d/file', at('222222222222222222', 0o4604)),
    entry('d/read-only/', at('3', 0o500)),
    entry('d/read-only/file', at('-4', 0o0)),
    entry('d/read-only/link', at('6', 0o777), 'file'),
    entry('empty/', at('7', 0o1777)),
  ]);
  assert.deepEqual(place.said, []);
  assert.deepEqual(restored, { files: 2, folders: 3, links: 2, extras: 0, newer: 0 });
  const expected = {
    d: 'd750 111111111111111111',
    'd/dangling': 'l -5',
    'd/file': 'f604 222222222222222222',
    'd/read-only': 'd500 3',
    'd/read-only/file': 'f0 -4',
    'd/read-only/link': 'l 6',
    empty: 'd1777 7',
  };
  for (const [path, it] of Object.entries(expected)) assert.equal(place.at(path), it, path);
  assert.deepEqual(readdirSync(place.to).sort(), ['d', 'empty']);
  // Folders come last, and each after its subfolders, because its mode may forbid access.
  const folders = ['d/read-only/', 'd/', 'empty/'];
  const links = ['d/dangling', 'd/read-only/link'];
  assert.deepEqual(place.metadata.given, ['d/file', 'd/read-only/file', ...links, ...folders]);
});

test('a link of the tree is made last, so that nothing of the bucket is written through it', async (t) => {
  const place = new Place(t);
  const outside = temporaryFolder(t);
  place.add('link/in', 'bad');
  place.add('z', 'abc');
  const restored = await place.put([entry('link', {}, outside), entry('z', { size: 3 })]);
  assert.deepEqual(readdirSync(outside), []);
  assert.deepEqual(place.said, [`"link" is not restored: a folder is at "${place.to}/link".`]);
  assert.equal(readFileSync(join(place.to, 'link/in'), 'utf8'), 'bad');
  assert.deepEqual(restored, { files: 2, folders: 0, links: 0, extras: 1, newer: 0 });
});

test('files beside the tree are restored for their owner alone, and markers of folders are no files', async (t) => {
  const place = new Place(t);
  place.add('', '', 'folder', { size: 0 });
  place.add('marked/', '', 'folder', { size: 0 });
  place.add('extra', 'abc');
  place.add('in/tree', 'abc');
  const restored = await place.put([entry('in/'), entry('in/tree', { size: 3 })]);
  assert.deepEqual([place.said, restored], [[], { files: 2, folders: 1, links: 0, extras: 1, newer: 0 }]);
  assert.ok(lstatSync(join(place.to, 'marked')).isDirectory());
  assert.equal(place.at('extra'), `f600 ${STORED}000000`);
  assert.equal(place.at('in/tree').slice(-19), MTIME);
});

test('a restore without a tree brings only files, with the modes that umask leaves', async (t) => {
  const place = new Place(t);
  place.add('a/b', 'abc');
  chmodSync(join(place.stage.bulk.path, 'a/b'), 0o640);
  assert.deepEqual(await place.put(), { files: 1, folders: 0, links: 0, extras: 1, newer: 0 });
  assert.deepEqual(place.said, []);
  assert.equal(place.at('a/b'), `f640 ${STORED}000000`);
});

test('a file that is not as the tree has it is named', async (t) => {
  const place = new Place(t);
  place.add('../out', undefined, 'unsafe');
  place.add('folder/', undefined, 'unsafe');
  place.add('lost', undefined);
  place.add('refused', undefined, 'singly');
  place.add('changed', 'abcd');
  const tree = ['changed', 'gone', 'lost', 'refused'].map((key) => entry(key, { size: 3 }));
  const restored = await place.put([...tree, entry('not-a/../place')], {
    // The number of `refused`, in the order of the keys.
    failures: [[4, { why: 'S3 says no' }]],
  });
  assert.deepEqual(place.said, [
    '"../out" is not restored: its name is not that of a file below a folder.',
    '"changed" is restored as it is in the bucket, 4 bytes; the tree has 3.',
    `"folder/" is not restored: it has content, but its name is a folder's.`,
    '"gone" is not restored: the tree has it, but the bucket does not.',
    '"lost" is not restored: it did not arrive; syslog says why.',
    '"not-a/../place" is not restored: its name is not that of a file below a folder.',
    '"refused" is not restored: S3 says no.',
  ]);
  assert.deepEqual(restored, { files: 1, folders: 0, links: 0, extras: 0, newer: 0 });
});

test('a restore over existing files replaces them, and opens and closes folders again', async (t) => {
  const place = new Place(t);
  mkdirSync(join(place.to, 'closed'));
  writeFileSync(join(place.to, 'closed/file'), 'old');
  writeFileSync(join(place.to, 'closed/same'), 'abc', { mode: 0o600 });
  utimesSync(join(place.to, 'closed/same'), Number(MTIME) / 1e9, Number(MTIME) / 1e9);
  chmodSync(join(place.to, 'closed'), 0o500);
  symlinkSync('old', join(place.to, 'link'));
  place.add('closed/file', 'new');
  place.add('closed/same', undefined, 'there already', { size: 3 });
  const tree = [
    entry('closed/', { mode: 0o500 }),
    entry('closed/file', { size: 3 }),
    entry('closed/same', { size: 3, mode: 0o640 }),
    entry('link', {}, 'new'),
  ];
  const restored = await place.put(tree, { overwrites: true });
  assert.deepEqual(place.said, []);
  assert.deepEqual(restored, { files: 2, folders: 1, links: 1, extras: 0, newer: 0 });
  assert.equal(readFileSync(join(place.to, 'closed/file'), 'utf8'), 'new');
  assert.equal(place.at('closed'), `d500 ${MTIME}`);
  assert.equal(place.at('closed/same'), `f640 ${MTIME}`);
  assert.equal(readlinkSync(join(place.to, 'link')), 'new');
});

test('a file that is newer than the tree is named in syslog, and gets the metadata of the tree', async (t) => {
  const place = new Place(t);
  place.add('file', 'new', 'in bulk', { isNewer: true });
  place.add('link', 'new', 'not wanted', { isNewer: true });
  place.add('older', 'abc');
  const tree = [entry('file', { size: 3 }), entry('link', {}, 'x'), entry('older', { size: 3 })];
  const restored = await place.put(tree);
  assert.deepEqual(restored, { files: 2, folders: 0, links: 1, extras: 0, newer: 2 });
  assert.deepEqual([place.said, place.at('file')], [[], `f644 ${MTIME}`]);
  assert.deepEqual(place.noted, [
    'WARNING: "file" was stored after the tree of the run: its mode, times and owner are those of that run.',
    'WARNING: "link" was stored after the tree of the run: it is restored as the link that it was in that run.',
  ]);
});

test('the longest names are restored, and an impossible link stops nothing else', async (t) => {
  const place = new Place(t);
  const long = 'x'.repeat(255);
  place.add(`d${long.slice(1)}/${long}`, 'abc');
  const links = [entry(long, {}, long), { ...entry('empty', {}, 'x'), target: '' as Bytes }];
  const restored = await place.put(links);
  assert.deepEqual(place.said, ['"empty" is not restored: no such file or folder.']);
  assert.deepEqual(restored, { files: 1, folders: 0, links: 1, extras: 1, newer: 0 });
  assert.equal(readlinkSync(join(place.to, long)), long);
});

test('a signal ends the restore between two files', async (t) => {
  const place = new Place(t);
  const interruption = new Interruption();
  let left = 2;
  interruption.check = () => {
    left -= 1;
    if (left < 0) throw new InterruptedError('SIGINT');
  };
  for (const key of ['a', 'b', 'c']) place.add(key, 'abc');
  const tree = ['a', 'b', 'c'].map((key) => entry(key, { size: 3 }));
  await assert.rejects(place.put(tree, { interruption }), InterruptedError);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => existsSync(join(place.to, key))),
    [true, true, false],
  );
});
