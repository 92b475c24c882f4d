import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import {
  assertSameSource,
  isSameSource,
  type Source,
  sourceOf,
} from '../../../../lib/backup/source/source.js';

const NOW: Source = { host: 'beta', localDir: '/home/anna' };

const TABLE: readonly [last: Partial<Source>, isSame: boolean, named: string, hintsAtHostId: boolean][] = [
  [{ host: 'beta', localDir: '/home/anna' }, true, '', false],
  [{ host: 'alpha', localDir: '/home/anna' }, false, '"/home/anna" on host "alpha"', true],
  [{ host: 'beta', localDir: '/home' }, false, '"/home" on host "beta"', false],
  [{ host: 'Beta', localDir: '/home/anna' }, false, '"/home/anna" on host "Beta"', true],
  // Records without all facts.
  [{}, true, '', false],
  [{ localDir: '/home/anna' }, true, '', false],
  [{ localDir: '/home' }, false, '"/home"', false],
  [{ host: 'alpha' }, false, 'a folder on host "alpha"', true],
];

for (const [last, isSame, named, hintsAtHostId] of TABLE) {
  test(`${JSON.stringify(last)} is ${isSame ? 'the same source' : 'another source'}`, () => {
    assert.equal(isSameSource(last, NOW), isSame);
    assertSameSource(last, NOW, true);
    if (isSame) return assertSameSource(last, NOW, false);
    assert.throws(
      () => assertSameSource(last, NOW, false),
      (error: { message: string; exitCode: number; hint: string }) => {
        const message = `This backup's last run was of ${named}; this one is of "/home/anna" on host "beta". Nothing was changed.`;
        assert.deepEqual([error.message, error.exitCode], [message, 4]);
        assert.match(error.hint, /its own REMOTE_DIR_PREFIX\. .* once with --adopt\./);
        assert.equal(error.hint.includes('HOST_ID'), hintsAtHostId);
        return true;
      },
    );
  });
}

test('a backup without a record belongs to no other source', () => {
  assertSameSource(undefined, NOW, false);
});

test('HOST_ID replaces the name of the host', () => {
  assert.deepEqual(sourceOf('pod', '/data'), { host: 'pod', localDir: '/data' });
  assert.deepEqual(sourceOf(undefined, '/data'), { host: hostname(), localDir: '/data' });
});
