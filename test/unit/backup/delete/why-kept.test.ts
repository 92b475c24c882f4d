import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../../../lib/aws/errors/aws-error.js';
import { reasonInBucket, reasonInRun } from '../../../../lib/backup/delete/why-kept.js';
import type { Versioning } from '../../../../lib/backup/versioning.js';
import type { BackupError } from '../../../../lib/cli/errors.js';

const PLACE = { bucket: 'b', profile: 'default' };
const NOTHING = { missing: 0, hidingPlaces: 0, failedUploads: 0 };
const NONE = undefined;
const KILLED = new AwsError(['s3api', 'x'], 1, 'aws was ended by SIGKILL', PLACE);
const DENIED = new AwsError(
  ['s3api', 'get-bucket-versioning'],
  254,
  'An error occurred (AccessDenied) when calling the GetBucketVersioning operation: Access Denied',
  PLACE,
);

test('deletions go on if older versions are kept, or need not be, and no other backup lies below', () => {
  assert.equal(reasonInBucket('enabled', NONE, PLACE), undefined);
  assert.equal(reasonInBucket(undefined, NONE, PLACE), undefined);
  assert.equal(reasonInRun(NOTHING, ''), undefined);
});

test('a bucket that is not safe for deletions holds them back, which is no failure', () => {
  const cases: [Versioning | undefined, string | BackupError | undefined, RegExp][] = [
    ['never', NONE, /^versioning is not on in the bucket.*put-bucket-versioning --bucket b /],
    ['suspended', NONE, /^versioning is suspended in the bucket.*put-bucket-versioning --bucket b /],
    ['enabled', 'p/q/', /^the prefix "p\/q\/" of another backup lies below/],
    [undefined, 'p/q/', /of another backup/],
    // The other backup alone forbids deletions, so the failed call does not matter.
    [KILLED, 'p/q/', /of another backup/],
  ];
  for (const [versioning, below, why] of cases) {
    const wait = reasonInBucket(versioning, below, PLACE);
    assert.match(wait?.why ?? '', why);
    assert.equal(wait?.isFailure, false);
  }
});

test('a call that fails holds deletions back, which is a failure', () => {
  for (const failure of [KILLED, DENIED]) {
    const cases: [Versioning | undefined, string | BackupError | undefined][] = [
      [failure, NONE],
      ['enabled', failure],
      ['never', failure],
      [undefined, failure],
    ];
    for (const [versioning, below] of cases) {
      const wait = reasonInBucket(versioning, below, PLACE);
      assert.equal(wait?.isFailure, true);
      assert.match(wait?.why ?? '', /^the bucket does not say whether that is safe/);
      assert.equal(/needs s3:GetBucketVersioning/.test(wait?.why ?? ''), failure === DENIED);
      assert.ok(wait?.why.includes(failure.message));
    }
  }
});

test('files that are not in the bucket hold deletions back, which is a failure if uploads failed', () => {
  for (const failedUploads of [0, 2]) {
    const isFailure = failedUploads > 0;
    const missing = reasonInRun({ ...NOTHING, missing: 1, failedUploads }, '');
    assert.match(missing?.why ?? '', /^1 file is not in the bucket as it is now/);
    assert.equal(missing?.isFailure, isFailure);
    const hidden = reasonInRun({ ...NOTHING, hidingPlaces: 2, failedUploads }, "EXCLUDE=('a/*')");
    assert.match(
      hidden?.why ?? '',
      /^2 places are not in the bucket: .* or exclude them: EXCLUDE=\('a\/\*'\)$/,
    );
    assert.equal(hidden?.isFailure, isFailure);
  }
  assert.deepEqual(reasonInRun({ ...NOTHING, failedUploads: 1 }, ''), {
    why: 'uploads failed. The next run without a failed upload deletes them.',
    isFailure: true,
  });
});
