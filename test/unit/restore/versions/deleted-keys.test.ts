import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectVersion } from '../../../../lib/aws/version-listing.js';
import { deletedKeys } from '../../../../lib/restore/versions/find-deleted.js';
import type { Bytes } from '../../../../lib/tree/bytes.js';

/** The versions of each key, the newest first, by their times from 1 to 9; a `-` marks a delete marker. */
const HISTORY: Readonly<Record<string, string>> = {
  'came back': '8 -7 6',
  current: '5 1',
  deleted: '-6 3',
  'deleted again': '-9 8 -7 6',
  'deleted twice': '-8 -6 3 -2 1',
  'never an object': '-8 -5',
  old: '-2 1',
};

async function* history(): AsyncGenerator<ObjectVersion> {
  for (const [key, times] of Object.entries(HISTORY)) {
    for (const [index, time] of times.split(' ').entries()) {
      const lastModified = Math.abs(Number(time));
      const size = time.startsWith('-') ? undefined : 0;
      yield { key: key as Bytes, versionId: time, lastModified, isLatest: index === 0, size };
    }
  }
}

const ALL = ['deleted: -6', 'deleted again: -9', 'deleted twice: -8 -6', 'old: -2'];

for (const [time, expected] of [
  [undefined, ALL],
  [1, ALL],
  [2, ALL.slice(0, 3)],
  [5, ALL.slice(0, 3)],
  // A key that was already deleted at that time stays deleted, even if it was deleted again later.
  [6, ['deleted again: -9']],
  [9, []],
] as const) {
  test(`keys are found that are deleted now and were not at ${time ?? 'any time'}`, async () => {
    const seen: string[] = [];
    for await (const { key, markers } of deletedKeys(history(), time))
      seen.push(`${key}: ${markers.join(' ')}`);
    assert.deepEqual(seen, expected);
  });
}
