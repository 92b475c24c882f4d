import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../../../lib/aws/aws-error.js';
import {
  type BucketChanges,
  isVersioningNeeded,
  overwriteWarning,
  type Versioning,
} from '../../../../lib/backup/delete/versioning.js';

const PLACE = { bucket: 'b', profile: 'p' };
const NOTHING: BucketChanges = { overwritten: 0, gone: 0, isFirst: false };
const UNKNOWN: Versioning = { is: 'unknown', failure: new AwsError('aws', 'x', 'x', undefined) };

test('it is asked for by a first run, and by every run that overwrites or deletes', () => {
  assert.equal(isVersioningNeeded(NOTHING, false), false);
  assert.equal(isVersioningNeeded({ ...NOTHING, isFirst: true }, false), true);
  assert.equal(isVersioningNeeded({ ...NOTHING, overwritten: 1 }, false), true);
  assert.equal(isVersioningNeeded({ ...NOTHING, gone: 1 }, false), true);
});

test('who needs no older versions is told once', () => {
  assert.equal(isVersioningNeeded({ ...NOTHING, overwritten: 1, gone: 1 }, true), false);
  assert.equal(isVersioningNeeded({ ...NOTHING, isFirst: true }, true), true);
  const warning = overwriteWarning({ is: 'never' }, { ...NOTHING, isFirst: true }, true, PLACE);
  assert.match(warning ?? '', /keeps no older versions/);
  assert.doesNotMatch(warning ?? '', /ALLOW_UNVERSIONED_DELETE/);
});

test('what is overwritten without being kept is warned of, with the command that ends it', () => {
  for (const changes of [
    { ...NOTHING, overwritten: 1 },
    { ...NOTHING, isFirst: true },
  ]) {
    assert.equal(overwriteWarning({ is: 'enabled' }, changes, false, PLACE), undefined);
    assert.equal(overwriteWarning(UNKNOWN, changes, false, PLACE), undefined);
    const command =
      /: aws s3api put-bucket-versioning --profile p --bucket b --versioning-configuration Status=Enabled, or set/;
    const suspended = overwriteWarning({ is: 'suspended' }, changes, false, PLACE) ?? '';
    assert.match(suspended, /^Versioning is suspended in the bucket "b": .*Turn it on again/);
    assert.match(suspended, command);
    const never = overwriteWarning({ is: 'never' }, changes, false, PLACE) ?? '';
    assert.match(never, /^The bucket keeps no older versions: /);
    assert.match(never, command);
  }
});

test('a run that deletes alone is not warned of what it overwrites', () => {
  assert.equal(overwriteWarning({ is: 'suspended' }, { ...NOTHING, gone: 1 }, false, PLACE), undefined);
});
