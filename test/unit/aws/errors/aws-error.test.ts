import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../../../lib/aws/errors/aws-error.js';
import { type AwsErrorKind, kindOfAwsError } from '../../../../lib/aws/errors/error-kinds.js';

const PLACE = { bucket: 'my-bucket', profile: 'default' };

const said: readonly [AwsErrorKind, string][] = [
  [
    'sse-c-blocked',
    'upload failed: ./a to s3://b/a An error occurred (AccessDenied) when calling the PutObject operation: User: arn:x is not authorized because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C). Please specify a different server-side encryption type',
  ],
  ['access-denied', 'An error occurred (AccessDenied) when calling the PutObject operation: Access Denied'],
  ['access-denied', 'fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden'],
  ['bad-request', 'fatal error: An error occurred (400) when calling the HeadObject operation: Bad Request'],
  ['not-found', 'An error occurred (404) when calling the HeadBucket operation: Not Found'],
  ['not-found', 'An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: None'],
  ['no-profile', 'The config profile (nobody) could not be found'],
  [
    'no-credentials',
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
  ],
  ['bad-credentials', 'An error occurred (InvalidAccessKeyId) when calling the ListObjectsV2 operation: x'],
  ['unreachable', 'Could not connect to the endpoint URL: "https://127.0.0.1:1/"'],
  ['unreachable', 'Connect timeout on endpoint URL: "https://b.s3.amazonaws.com/"'],
  ['tls', 'SSL validation failed for https://b/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'],
  ['wrong-region', 'An error occurred (PermanentRedirect) when calling the ListObjectsV2 operation: x'],
  [
    'wrong-region',
    'An error occurred (IllegalLocationConstraintException) when calling the CreateBucket operation: x',
  ],
  ['not-implemented', 'An error occurred (NotImplemented) when calling the PutBucketEncryption operation: x'],
  [
    'not-implemented',
    'An error occurred (MethodNotAllowed) when calling the PutBucketEncryption operation: None',
  ],
  [
    'unknown-parameter',
    'Parameter validation failed:\nUnknown parameter in ServerSideEncryptionConfiguration.Rules[0]: "BlockedEncryptionTypes", must be one of: x',
  ],
  ['disk-full', 'download failed: s3://b/k to ./k [Errno 28] No space left on device'],
  ['clock', 'An error occurred (RequestTimeTooSkewed) when calling the ListObjectsV2 operation: x'],
  ['other', 'argument of type NoneType is not iterable'],
  [
    'not-found',
    'download failed: s3://b/proxy/Connect timeout on endpoint An error occurred (404) when calling the HeadObject operation: x',
  ],
];

for (const [kind, text] of said) {
  test(`${JSON.stringify(text.slice(0, 60))} is an error of the kind "${kind}"`, () =>
    assert.equal(kindOfAwsError(text), kind));
}

test('the message quotes the last lines of the output on one line', () => {
  const error = new AwsError(['s3', 'sync'], 1, 'one\ntwo\n\nthree\nfour\n', PLACE);
  assert.equal(error.message, 'aws CLI command failed; aborting! aws s3 sync: two / three / four');
  assert.match(new AwsError(['s3', 'sync'], 9, '', PLACE).message, /exit code 9/);
});

test('a block of SSE-C comes with the command that lifts it', () => {
  const error = new AwsError(['s3', 'sync'], 1, said[0]?.[1] ?? '', PLACE);
  assert.match(error.hint ?? '', /put-bucket-encryption --bucket my-bucket .*BlockedEncryptionTypes.*NONE/);
  const place = { ...PLACE, profile: 'backup' };
  const other = new AwsError(['s3', 'sync'], 1, said[0]?.[1] ?? '', place);
  assert.match(other.hint ?? '', /put-bucket-encryption --profile backup --bucket my-bucket /);
});

/** Usage errors of AWS CLI 1.45 and 2.9, with a shortened list of storage classes. */
const USAGES = [
  'usage: \rNote: AWS CLI version 2, the latest major version\n\nusage: aws [options] <command>\nTo see help text, you can run:\n\n  aws help\naws: error: ',
  '\nusage: aws [options] <command> <subcommand>\nTo see help text, you can run:\n\n  aws help\n\naws: error: ',
];

for (const usage of USAGES) {
  test(`an argument that the AWS CLI refuses is named: ${JSON.stringify(usage.slice(0, 20))}`, () => {
    const said = `${usage}argument --storage-class: Invalid choice, valid choices are:\n\nSTANDARD                | REDUCED_REDUNDANCY      \nSTANDARD_IA             | ONEZONE_IA              \nDEEP_ARCHIVE            | GLACIER_IR              \n`;
    const args = ['s3', 'sync', '/a', 's3://b', '--storage-class', 'NO_SUCH_CLASS', '--only-show-errors'];
    const { message, hint } = new AwsError(args, 252, said, PLACE);
    assert.equal(
      message,
      'aws CLI command failed; aborting! aws s3 sync: aws: error: argument --storage-class: Invalid choice, valid choices are: / STANDARD | REDUCED_REDUNDANCY / STANDARD_IA | ONEZONE_IA / DEEP_ARCHIVE | GLACIER_IR (it was given "NO_SUCH_CLASS")',
    );
    assert.match(hint ?? '', /^Correct AWS_STORAGE_CLASS/);
    const missing = new AwsError(
      ['s3', 'sync'],
      252,
      `${usage}the following arguments are required: paths\n`,
      PLACE,
    );
    assert.match(missing.message, /aws s3 sync: aws: error: the following arguments are required: paths$/);
    assert.equal(missing.hint, undefined);
  });
}

test('for a region in which the server creates no buckets, the hint names AWS_REGION', () => {
  const said = 'An error occurred (InvalidLocationConstraint) when calling the CreateBucket operation: x';
  assert.match(new AwsError(['s3api', 'create-bucket'], 254, said, PLACE).hint ?? '', /Correct AWS_REGION/);
});

test('for a denied upload, the hint says how to allow SSE-C', () => {
  const denied = (operation: string) =>
    new AwsError(
      ['s3', 'cp', '-', 's3://my-bucket/a'],
      1,
      `An error occurred (AccessDenied) when calling the ${operation} operation: Access Denied`,
      PLACE,
    ).hint ?? '';
  for (const operation of ['PutObject', 'CreateMultipartUpload']) {
    assert.match(denied(operation), /IAM permissions\..*put-bucket-encryption --bucket my-bucket /);
  }
  assert.doesNotMatch(denied('ListObjectsV2'), /SSE-C/);
});
