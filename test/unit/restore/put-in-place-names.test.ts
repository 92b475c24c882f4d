import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FoldedNames } from '../../../lib/restore/destination/folded-names.js';
import { bytesOf } from '../../../lib/tree/bytes.js';
import { entry, MTIME } from './pieces.js';
import { Place } from './place.js';

test('the first of the names that are the same to the file system gets the place, and the others are named', async (t) => {
  const place = new Place(t);
  const names = new FoldedNames({ fold: (path) => path.toLowerCase(), isSamePlace: () => true });
  const keys = ['A', 'a', 'B', 'b', 'C/', 'c/', 'D', 'd', 'e'];
  for (const key of keys) names.add(bytesOf(key));
  // A file system that ignores case shows the file under both names.
  for (const name of ['A', 'a', 'b', 'D', 'd']) writeFileSync(join(place.to, name), 'old');
  utimesSync(join(place.to, 'D'), Number(MTIME) / 1e9, Number(MTIME) / 1e9);
  mkdirSync(join(place.to, 'c'));
  place.add('A', 'new');
  place.add('a', 'bad');
  place.add('B', undefined, 'singly', { size: 3 });
  place.add('b', 'new');
  place.add('D', undefined, 'there already', { size: 3 });
  place.add('e', 'abc');
  const restored = await place.put(
    [
      ...['A', 'B', 'D', 'a', 'b', 'e'].map((key) => entry(key, { size: 3 })),
      entry('C/'),
      entry('c/'),
      entry('d', {}, 'x'),
    ],
    { overwrites: true, names },
  );
  const why = 'has its place: this file system takes both names for one.';
  assert.deepEqual(place.said.sort(), [
    '"B" is not restored: it did not arrive; syslog says why.',
    `"a" is not restored: "A" ${why}`,
    `"c/" is not restored: "C/" ${why}`,
    `"d" is not restored: "D" ${why}`,
  ]);
  assert.deepEqual(restored, { files: 4, folders: 1, links: 0, extras: 0, newer: 0 });
  assert.deepEqual(
    ['A', 'a', 'b', 'd'].map((name) => readFileSync(join(place.to, name), 'utf8')),
    ['new', 'old', 'new', 'old'],
  );
});

test('a name that looks like another one gets its place if the file system tells them apart', async (t) => {
  const place = new Place(t);
  // On NTFS, for instance, a final sigma is a letter of its own.
  const isSamePlace = (path: string, other: string) => path.toLowerCase() === other.toLowerCase();
  const names = new FoldedNames({ fold: (path) => path.toUpperCase().toLowerCase(), isSamePlace });
  const sigmas = ['\u03a3', '\u03c2', '\u03c3'];
  for (const key of sigmas) names.add(bytesOf(key));
  for (const name of sigmas) writeFileSync(join(place.to, name), 'old');
  for (const name of sigmas) place.add(name, name, 'in bulk', { size: 2 });
  await place.put(
    sigmas.map((key) => entry(key, { size: 2 })),
    { overwrites: true, names },
  );
  assert.deepEqual(place.said, [
    '"\u03c3" is not restored: "\u03a3" has its place: this file system takes both names for one.',
  ]);
  const contents = sigmas.map((name) => readFileSync(join(place.to, name), 'utf8'));
  assert.deepEqual(contents, ['\u03a3', '\u03c2', 'old']);
});
