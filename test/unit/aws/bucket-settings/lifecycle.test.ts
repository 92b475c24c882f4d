import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  daysKept,
  inNewerForm,
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

test('a rule that is off, or for some objects only, does not count as one that removes versions', () => {
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

test('a plan adds only the removal of incomplete uploads if only that is missing', () => {
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

test('rules that remove the latest versions are found for the whole prefix, a part or above, not with tags, off, or elsewhere', () => {
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

test('a plan that makes our rule keep versions longer keeps what others have added to it', () => {
  const edited = {
    ...ours(7),
    Transitions: [{ Days: 1, StorageClass: 'GLACIER_IR' }],
    NoncurrentVersionExpiration: { NoncurrentDays: 7, NewerNoncurrentVersions: 5 },
  };
  const [rule] = withOurRules([edited], WHOLE);
  assert.deepEqual(rule, {
    ...edited,
    ID: 'Purge deleted objects older than 30 days',
    NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 5 },
  });
});

test('a rule for the whole bucket purges no sooner than a rule for a part of it', () => {
  const part = purge(365, 'server/');
  const whole = withOurRules([part, purge(900, 'off/', { Status: 'Disabled' })], WHOLE).at(-1);
  assert.equal(whole?.NoncurrentVersionExpiration?.NoncurrentDays, 365);
});

test('a new rule takes no ID that another one has, and a rule of ours that is off stays off', () => {
  const off = { ...ours(30), Status: 'Disabled' as const };
  const merged = withOurRules([off, ours(7)], WHOLE);
  assert.equal(merged[0], off);
  assert.equal(new Set(merged.map(({ ID }) => ID)).size, 2);
  assert.deepEqual(withOurRules(merged, WHOLE), merged);
  assert.equal(
    withOurRules(merged, { ...WHOLE, days: 60 })[1]?.NoncurrentVersionExpiration?.NoncurrentDays,
    60,
  );
});

test('a rule of the older form is written in the newer one, and means the same', () => {
  const { Filter: _, ...old } = purge(30, '', { Prefix: 'a/' });
  assert.deepEqual(inNewerForm(old), { ...purge(30, 'a/') });
  assert.equal(inNewerForm(purge(30, 'a/')).Prefix, undefined);
});
