import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectVersion } from '../../../../lib/aws/version-listing.js';
import { groupByKey, versionAt } from '../../../../lib/restore/versions/version-at.js';
import type { Bytes } from '../../../../lib/tree/bytes.js';

/** The versions of each key, the newest first, by their times from 1 to 9; a `-` marks a delete marker. */
const HISTORY: Readonly<Record<string, string>> = {
  changed: '7 5 1',
  deleted: '-6 3',
  back: '8 -4 2',
  young: '9',
};

async function* history(): AsyncGenerator<ObjectVersion> {
  for (const [key, times] of Object.entries(HISTORY)) {
    for (const [index, time] of times.split(' ').entries()) {
      const lastModified = Math.abs(Number(time));
      const size = time.startsWith('-') ? undefined : 1;
      yield { key: key as Bytes, versionId: time, lastModified, isLatest: index === 0, size };
    }
  }
}

const EXPECTED: readonly [number, string][] = [
  [0, ''],
  [1, 'changed=1'],
  [2, 'changed=1 back=2'],
  [4, 'changed=1 deleted=3 back=-4'],
  [6, 'changed=5 deleted=-6 back=-4'],
  [9, 'changed=7 deleted=-6 back=8 young=9'],
];

for (const [time, expected] of EXPECTED) {
  test(`the versions at time ${time} are "${expected}"`, async () => {
    const seen: string[] = [];
    for await (const { key, versions } of groupByKey(history())) {
      const was = versionAt(versions, time);
      if (was !== undefined) seen.push(`${key}=${was.versionId}`);
    }
    assert.equal(seen.join(' '), expected);
  });
}
