import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overwriteWarning } from '../../../../lib/backup/delete/versioning.js';

const PLACE = { bucket: 'b', profile: 'p' };
const COMMAND =
  /: aws s3api put-bucket-versioning --profile p --bucket b --versioning-configuration Status=Enabled/;

test('what is overwritten without being kept is warned of, with the command that ends it', () => {
  const suspended = overwriteWarning('suspended', false, PLACE);
  assert.match(suspended, /^Versioning is suspended in the bucket "b": .*Turn it on again/);
  const never = overwriteWarning('never', false, PLACE);
  assert.match(never, /^The bucket keeps no older versions: /);
  for (const warning of [suspended, never]) {
    assert.match(warning, COMMAND);
    assert.match(warning, /, or set ALLOW_UNVERSIONED_DELETE='yes'/);
  }
});

test('who needs no older versions is not told to say so again', () => {
  assert.doesNotMatch(overwriteWarning('never', true, PLACE), /ALLOW_UNVERSIONED_DELETE/);
});
