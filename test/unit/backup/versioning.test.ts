import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsCli } from '../../../lib/aws/aws-cli.js';
import { BucketVersioning, overwriteWarning } from '../../../lib/backup/versioning.js';
import type { Log } from '../../../lib/cli/log/log.js';

const PLACE = { bucket: 'b', profile: 'p' };
const COMMAND =
  /: aws s3api put-bucket-versioning --profile p --bucket b --versioning-configuration Status=Enabled/;

test('a warning says that overwritten files are lost, with the command that turns versioning on', () => {
  const suspended = overwriteWarning('suspended', false, PLACE);
  assert.match(suspended, /^Versioning is suspended in the bucket "b": .*Turn it on again/);
  const never = overwriteWarning('never', false, PLACE);
  assert.match(never, /^The bucket keeps no older versions: /);
  for (const warning of [suspended, never]) {
    assert.match(warning, COMMAND);
    assert.match(warning, /, or set ALLOW_UNVERSIONED_DELETE='yes'/);
  }
});

test('a warning does not suggest ALLOW_UNVERSIONED_DELETE to a user who has set it', () => {
  assert.doesNotMatch(overwriteWarning('never', true, PLACE), /ALLOW_UNVERSIONED_DELETE/);
});

test('a bucket without versions is asked once, and warned about once', async () => {
  const warnings: string[] = [];
  let calls = 0;
  const run = async () => {
    calls += 1;
    return { exitCode: 0, stdout: 'None\n', stderr: '' };
  };
  const log = { warn: (text: string) => warnings.push(text) };
  const versioning = new BucketVersioning(
    { ...PLACE, run } as unknown as AwsCli,
    log as unknown as Log,
    false,
  );
  await versioning.warnBefore(0, false);
  assert.equal(calls, 0);
  await versioning.warnBefore(1, true);
  await versioning.warnBefore(2, false);
  assert.deepEqual([calls, warnings.length], [1, 1]);
});
