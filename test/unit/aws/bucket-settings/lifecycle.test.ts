import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  daysKept,
  type LifecycleRule,
  rulesThatExpireFiles,
  rulesThatPurgeEarly,
  withOurRules,
} from '../../../../lib/aws/bucket-settings/lifecycle.js';

const WHOLE = { days: 30, prefixes: [''] };
const BELOW = { days: 30, prefixes: ['pc/docs/', 'backup.info/runs/pc/docs/'] };

const purge = (days: number, prefix: string, more: Partial<LifecycleRule> = {}): LifecycleRule => ({
  ID: 'x',
  Filter: { Prefix: prefix },
  Status: 'Enabled',
  NoncurrentVersionExpiration: { NoncurrentDays: days },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  ...more,
});
const ours = (days: number, prefix = '') =>
  purge(days, prefix, { ID: `Purge deleted objects older than ${days} days` });

test("an empty lifecycle gets the original scripts' rule", () => {
  assert.deepEqual(withOurRules([], WHOLE), [
    {
      ID: 'Purge deleted objects older than 30 days',
      Filter: { Prefix: '' },
      Status: 'Enabled',
      Expiration: { ExpiredObjectDeleteMarker: true },
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
    },
  ]);
});

test('a backup that shares its bucket gets rules for its own objects, beside those of others', () => {
  const others = purge(3, 'logs/');
  const merged = withOurRules([others], BELOW);
  assert.equal(merged[0], others);
  assert.deepEqual(
    merged.slice(1).map(({ ID, Filter }) => [ID, Filter?.Prefix]),
    BELOW.prefixes.map((prefix) => [`Purge deleted objects older than 30 days below ${prefix}`, prefix]),
  );
  assert.deepEqual(withOurRules(merged, BELOW), merged);
});

test('a rule that keeps versions long enough, or longer, is left alone, whoever made it', () => {
  for (const rule of [purge(30, ''), purge(90, 'pc/'), ours(365), purge(30, '', { Prefix: '' })])
    assert.deepEqual(withOurRules([rule], { days: 30, prefixes: ['pc/docs/'] }), [rule]);
});

test('our own rule that purges too early is made to keep versions longer, and never less long', () => {
  const [longer, ...none] = withOurRules([ours(7)], WHOLE);
  assert.deepEqual([longer?.NoncurrentVersionExpiration?.NoncurrentDays, none], [30, []]);
  assert.deepEqual(daysKept(withOurRules([ours(90)], WHOLE), WHOLE), 90);
});

test("another's rule that purges too early is named, not changed", () => {
  const early = purge(7, 'pc/docs/old/');
  assert.deepEqual(rulesThatPurgeEarly([early, ours(7), purge(7, 'logs/')], BELOW), [early]);
  assert.equal(withOurRules([early], BELOW)[0], early);
});

test('a rule that is off, or for some objects only, keeps no version from being there forever', () => {
  for (const rule of [
    purge(30, '', { Status: 'Disabled' }),
    purge(30, '', { Filter: { And: { Prefix: '', ObjectSizeGreaterThan: 5 } } }),
    purge(30, '', { Filter: { Tag: { Key: 'a', Value: 'b' } } }),
    purge(30, 'pc/docs/sub/'),
  ]) {
    assert.equal(daysKept([rule], BELOW), undefined);
    assert.equal(withOurRules([rule], BELOW).length, 3);
  }
});

test('where only the removal of incomplete uploads is missing, only that is added', () => {
  const { AbortIncompleteMultipartUpload: _, ...rule } = purge(60, '');
  const [, added, ...none] = withOurRules([rule], WHOLE);
  assert.deepEqual(none, []);
  assert.deepEqual(added, {
    ID: 'Abort incomplete uploads',
    Filter: { Prefix: '' },
    Status: 'Enabled',
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
  });
});

test('rules that remove the latest versions are found: whole, part, above; not with tags, off, or elsewhere', () => {
  const expire = (Filter: LifecycleRule['Filter'], more: Partial<LifecycleRule> = {}) => ({
    Status: 'Enabled' as const,
    Filter: Filter ?? {},
    Expiration: { Days: 365 },
    ...more,
  });
  const bad = [
    expire({ Prefix: '' }),
    expire({ Prefix: 'pc/docs/a' }),
    expire({ And: { Prefix: 'backup.info/', ObjectSizeLessThan: 9 } }),
    expire({ Prefix: '' }, { Expiration: { Date: '2027-01-01T00:00:00Z' } }),
  ];
  const good = [
    expire({ Prefix: 'logs/' }),
    expire({ Tag: { Key: 'a', Value: 'b' } }),
    expire({ Prefix: '' }, { Status: 'Disabled' }),
    expire({ Prefix: '' }, { Expiration: { ExpiredObjectDeleteMarker: true } }),
  ];
  assert.deepEqual(rulesThatExpireFiles([...good, ...bad], BELOW), bad);
});
