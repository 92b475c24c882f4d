import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectVersion } from '../../../../lib/aws/version-listing.js';
import { actionFor, type RollbackAction } from '../../../../lib/restore/versions/rollback-plan.js';
import type { Bytes } from '../../../../lib/tree/bytes.js';

const OBJECT: ObjectVersion = {
  key: 'a' as Bytes,
  versionId: 'v',
  lastModified: 0,
  isLatest: true,
  size: 1,
};
const MARKER: ObjectVersion = { ...OBJECT, size: undefined };

type Row = readonly [
  what: string,
  newer: readonly ObjectVersion[] | undefined,
  was: ObjectVersion | undefined,
  inTree: 'file' | 'link' | undefined,
  withTree: RollbackAction,
  withoutTree: RollbackAction,
];

const TABLE: readonly Row[] = [
  ['it has not changed since', [], OBJECT, 'file', 'nothing', 'nothing'],
  ['it was overwritten', [OBJECT], OBJECT, 'file', 'roll back', 'roll back'],
  ['it was deleted', [MARKER], OBJECT, 'file', 'roll back', 'roll back'],
  ['it was deleted then, and is back', [OBJECT], MARKER, undefined, 'roll back', 'roll back'],
  ['it did not exist', [OBJECT], undefined, undefined, 'delete', 'undecided'],
  ['it was another kind of entry', [OBJECT], undefined, 'link', 'delete', 'undecided'],
  ['it did not exist, and does not now', [MARKER, OBJECT], undefined, undefined, 'nothing', 'undecided'],
  ['its version has expired', [OBJECT], undefined, 'file', 'expired', 'undecided'],
  ['all its versions have expired', undefined, undefined, 'file', 'expired', 'nothing'],
];

for (const [what, newer, was, inTree, withTree, withoutTree] of TABLE) {
  test(`a rollback with a tree decides "${withTree}" for a key where ${what}`, () => {
    const history = newer && { newer, was };
    assert.equal(actionFor(history, inTree && { type: inTree }, true), withTree);
    assert.equal(actionFor(history, undefined, false), withoutTree);
  });
}
