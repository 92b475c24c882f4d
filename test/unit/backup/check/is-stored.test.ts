import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredObject } from '../../../../lib/aws/listing.js';
import { isStored, type RunTimes } from '../../../../lib/backup/check/is-stored.js';
import type { DraftState } from '../../../../lib/backup/scan/draft.js';
import { bytesOf } from '../../../../lib/tree/bytes.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The time at which the object was stored. All other times are ms after it. */
const STORED = Date.parse('2026-05-01T12:00:00Z');
const object = (size: number): StoredObject => ({
  key: bytesOf('a'),
  size,
  lastModified: '2026-05-01T12:00:00+00:00',
  etag: '"e"',
});

function isStoredAs(
  state: DraftState,
  stored: StoredObject | undefined,
  {
    size = 1,
    mtime = -DAY,
    ctime = -DAY,
    unchangedSince = ctime,
    started = 10 * DAY,
    lastEnded,
    lastFullCheck,
  }: {
    size?: number;
    mtime?: number;
    ctime?: number;
    unchangedSince?: number;
    started?: number;
    lastEnded?: number;
    lastFullCheck?: number;
  } = {},
): boolean {
  const nanoseconds = (time: number) => `${STORED + time}000000`;
  const inode = { size, mtime: nanoseconds(mtime), ctime: nanoseconds(ctime), mode: 0, uid: 0, gid: 0 };
  const last = lastEnded && { ended: STORED + lastEnded, fullCheck: STORED + (lastFullCheck ?? lastEnded) };
  const times: RunTimes = { started: STORED + started, last: last || undefined };
  return isStored({ state, unchangedSince: STORED + unchangedSince, inode }, stored, times);
}

test('an object that is not there, or has another size, is not the file, whatever is known of it', () => {
  for (const state of ['unchanged', 'stored', 'due', 'sent'] as const) {
    assert.equal(isStoredAs(state, undefined), false);
    assert.equal(isStoredAs(state, object(2)), false);
  }
});

test('a file that is due is stored if its object came long after its last change', () => {
  const cases: readonly [boolean, string, Parameters<typeof isStoredAs>[2]][] = [
    [true, 'long after', { ctime: -20 * MINUTE }],
    [false, 'after it, but only by the clocks', { ctime: -10 * MINUTE }],
    [false, 'an older file in its place', { mtime: -DAY, ctime: 5 * MINUTE }],
    [false, 'a folder above it has changed since', { ctime: -DAY, unchangedSince: 5 * MINUTE }],
    [false, 'the upload may have taken long', { size: 1e9, ctime: -120 * MINUTE }],
  ];
  for (const [expected, what, facts] of cases)
    assert.equal(isStoredAs('due', object(facts?.size ?? 1), facts), expected, what);
});

test('an unchanged file is stored unless the object is another one than the last run knew', () => {
  const cases: readonly [boolean, string, Parameters<typeof isStoredAs>[2]][] = [
    [true, 'without a last run', {}],
    [true, 'as the last run knew it', { lastEnded: HOUR }],
    [true, 'by a clock that is 10 minutes off', { lastEnded: -10 * MINUTE }],
    [false, 'stored after the last run', { lastEnded: -20 * MINUTE }],
    [false, 'an older version that is current again', { ctime: 30 * MINUTE, lastEnded: DAY }],
    [false, 'older than its mtime', { mtime: 5000, ctime: 5000, lastEnded: DAY }],
    [true, 'a ctime after the run that knew of it', { ctime: 2 * DAY, lastEnded: DAY }],
    [true, 'sent by a quick run', { ctime: -HOUR, lastEnded: HOUR, lastFullCheck: -2 * HOUR }],
    [
      false,
      'replaced between the last full check and a quick run',
      { lastEnded: HOUR, lastFullCheck: -HOUR },
    ],
  ];
  for (const [expected, what, facts] of cases)
    assert.equal(isStoredAs('unchanged', object(1), facts), expected, what);
});

test('a file that was sent is stored only if its object came in this run', () => {
  assert.ok(isStoredAs('sent', object(1), { started: -MINUTE }));
  assert.ok(isStoredAs('sent', object(1), { started: 10 * MINUTE }), 'by a clock that is off');
  assert.equal(isStoredAs('sent', object(1), { started: 20 * MINUTE }), false);
});
