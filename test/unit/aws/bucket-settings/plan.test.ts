import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandToPaste } from '../../../../lib/aws/arguments/connection-arguments.js';
import {
  allBlocked,
  type BucketSettings,
  NEW_BUCKET,
} from '../../../../lib/aws/bucket-settings/bucket-settings.js';
import { planBucketSettings } from '../../../../lib/aws/bucket-settings/plan.js';
import { AwsError } from '../../../../lib/aws/errors/aws-error.js';

const RETENTION = { days: 45, prefixes: [''] };
const plan = (settings: Partial<BucketSettings>) =>
  planBucketSettings('b', { ...NEW_BUCKET, ...settings }, RETENTION);
const FIT: BucketSettings = {
  versioning: { value: 'enabled' },
  lifecycle: {
    value: { Rules: JSON.parse(plan({})[1]?.args[5] ?? '{}').Rules },
  },
  encryption: { value: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
  publicAccess: { value: allBlocked() },
};

test('a new bucket gets versioning, a lifecycle rule and SSE-C, in this order', () => {
  assert.deepEqual(
    plan({}).map(({ setting }) => setting),
    ['versioning', 'lifecycle', 'encryption'],
  );
  const { Rules } = JSON.parse(plan({})[1]?.args.at(-1) ?? '');
  assert.equal(Rules.length, 1);
  assert.deepEqual(Rules[0].NoncurrentVersionExpiration, { NoncurrentDays: 45 });
  assert.deepEqual(Rules[0].Expiration, { ExpiredObjectDeleteMarker: true });
  assert.deepEqual(Rules[0].AbortIncompleteMultipartUpload, { DaysAfterInitiation: 3 });
});

test('a bucket that is fit is left alone', () => {
  assert.deepEqual(planBucketSettings('b', FIT, RETENTION), []);
});

test('nothing is planned for settings that are not known', () => {
  const unknown = new AwsError(['s3api', 'get-x'], 254, 'An error occurred (NotImplemented) when calling x', {
    bucket: 'b',
    profile: 'default',
  });
  const settings = { versioning: { unknown }, lifecycle: { unknown }, encryption: { unknown } };
  assert.deepEqual(planBucketSettings('b', { ...settings, publicAccess: { unknown } }, RETENTION), []);
});

test('the default encryption of the bucket stays when SSE-C is allowed', () => {
  const kms = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' },
    BucketKeyEnabled: true,
  };
  const blocked = { ...kms, BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } };
  const [step] = planBucketSettings('b', { ...FIT, encryption: { value: [blocked] } }, RETENTION);
  assert.deepEqual(JSON.parse(step?.args.at(-1) ?? ''), {
    Rules: [{ ...kms, BlockedEncryptionTypes: { EncryptionType: ['NONE'] } }],
  });
});

test('public access is blocked where any of the four switches is off', () => {
  for (const value of [{}, { ...allBlocked(), BlockPublicPolicy: false }]) {
    const [step] = planBucketSettings('b', { ...FIT, publicAccess: { value } }, RETENTION);
    assert.deepEqual(step?.args.slice(1), [
      'put-public-access-block',
      '--bucket',
      'b',
      '--public-access-block-configuration',
      'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
    ]);
  }
});

test("the bucket's own setting beside the rules is sent along, or S3 would reset it", () => {
  const value = { Rules: [], TransitionDefaultMinimumObjectSize: 'varies_by_storage_class' };
  const step = plan({ lifecycle: { value } }).find(({ setting }) => setting === 'lifecycle');
  assert.deepEqual(step?.args.slice(-2), [
    '--transition-default-minimum-object-size',
    'varies_by_storage_class',
  ]);
});

test('a command to paste names profile, region and endpoint, and quotes what the shell would read', () => {
  const connection = {
    profile: 'my backup',
    region: 'eu-west-1',
    endpointUrl: 'https://s3.example',
    netTimeout: 60,
  };
  assert.equal(
    commandToPaste(connection, ['s3api', 'put-x', '--bucket', 'b', '--configuration', '{"a":"it\'s"}']),
    `aws s3api put-x --profile 'my backup' --region eu-west-1 --endpoint-url https://s3.example --bucket b --configuration '{"a":"it'\\''s"}'`,
  );
});
