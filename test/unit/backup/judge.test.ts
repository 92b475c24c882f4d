import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredObject } from '../../../lib/aws/listing.js';
import { firstVerdict, isReplaced, shortfall, versionOf } from '../../../lib/backup/stored.js';
import { bytesOf } from '../../../lib/tree/bytes.js';

const MINUTE = 60_000;
const STORED = Date.parse('2026-05-01T12:00:00Z');
/** `changed`: there as it is since its last change. */
type Knowledge = 'known' | 'changed' | 'moved';
const object = (size: number): StoredObject => ({
  key: bytesOf('a'),
  size,
  lastModified: '2026-05-01T12:00:00+00:00',
  etag: '"e"',
});
/** Changed so many milliseconds after the object was stored. */
const inode = (size: number, mtime: number, ctime: number) => ({
  size,
  mtime: `${STORED + mtime}000000`,
  ctime: `${STORED + ctime}000000`,
  mode: 0,
  uid: 0,
  gid: 0,
});

test('before the transfer', () => {
  const day = 24 * 60 * MINUTE;
  const cases: readonly [string, string, number, number, Knowledge, StoredObject | undefined][] = [
    ['uploaded by sync', 'not in the bucket', -day, -day, 'known', undefined],
    ['uploaded by sync', 'another size', -day, -day, 'known', object(2)],
    ['proven', 'as the last run saw it', -day, 0, 'known', object(1)],
    ['proven', 'stored long after its last change', -day, -20 * MINUTE, 'changed', object(1)],
    ['overlooked by sync', 'has the name of another one now', -day, -day, 'moved', object(1)],
    [
      'overlooked by sync',
      'stored after it, but only by the clocks',
      -day,
      -10 * MINUTE,
      'changed',
      object(1),
    ],
    ['overlooked by sync', 'an older file in its place', -day, 5 * MINUTE, 'changed', object(1)],
    ['uploaded by sync', 'newer', 5 * MINUTE, 5 * MINUTE, 'changed', object(1)],
    ['overlooked by sync', 'newer by less than S3 can tell', 1000, 1000, 'changed', object(1)],
  ];
  for (const [expected, what, mtime, ctime, word, stored] of cases) {
    const knowledge = word === 'changed' ? { since: STORED + ctime } : word;
    assert.equal(firstVerdict(inode(1, mtime, ctime), knowledge, stored).is, expected, what);
  }
  const gigabyte = 1e9;
  const hoursBefore = inode(gigabyte, -day, -120 * MINUTE);
  assert.equal(
    firstVerdict(hoursBefore, { since: STORED - 120 * MINUTE }, object(gigabyte)).is,
    'overlooked by sync',
    'a slow upload',
  );
});

test('an object that is not the one which the last run knew', () => {
  const day = 24 * 60 * MINUTE;
  const cases: readonly [boolean, string, number, number, number | undefined][] = [
    [false, 'stored after the change, before the end of the run', -day, -day, 1],
    [false, 'stored after the run, but only by the clocks', -day, -day, -10 * MINUTE],
    [true, 'stored after the run', -day, -day, -20 * MINUTE],
    [true, 'stored before the change', -day, 20 * MINUTE, 60 * MINUTE],
    [false, 'stored before the change, but only by the clocks', -day, 10 * MINUTE, 60 * MINUTE],
    [true, 'stored before the modification', 10 * MINUTE, 10 * MINUTE, 60 * MINUTE],
    [false, 'changed in a future that the last run can not have seen', day, day, 60 * MINUTE],
    [false, 'there was no last run', -day, day, undefined],
  ];
  for (const [expected, what, mtime, ctime, ended] of cases) {
    const lastEnded = ended === undefined ? undefined : STORED + ended;
    assert.equal(isReplaced(inode(1, mtime, ctime), lastEnded, object(1)), expected, what);
  }
});

test('after the transfer', () => {
  const file = inode(1, 0, 0);
  assert.equal(shortfall(file, '', object(1)), undefined);
  assert.equal(shortfall(file, undefined, object(1)), undefined);
  assert.match(shortfall(file, '', undefined) ?? '', /not in the bucket/);
  assert.match(shortfall(file, undefined, object(2)) ?? '', /2 bytes of it, not 1/);
  assert.match(shortfall(file, versionOf(object(1)), object(1)) ?? '', /upload failed/);
});
