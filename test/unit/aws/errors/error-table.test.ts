// The kinds of the errors of S3 and the AWS CLI, and the hints to the user.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  concernsAllFiles,
  concernsOneFile,
  hintOfAwsError,
  isTransient,
  kindOfAwsError,
} from '../../../../lib/aws/errors/error-kinds.js';

const ACCESS = { bucket: 'my-bucket', profile: 'backup' };
const s3 = (code: string, operation: string, message: string) =>
  `An error occurred (${code}) when calling the ${operation} operation: ${message}`;

/** Error messages, their kinds, and the hints; `undefined` if the message needs no hint. */
const ANSWERS: readonly (readonly [string, string, RegExp | undefined])[] = [
  // Ceph gives this answer for an unknown storage class, and for many other errors.
  [
    "argument of type 'NoneType' is not iterable",
    'no-message',
    /may do this.*; for an upload, that the server has the storage class.*AWS_STORAGE_CLASS='STANDARD'/,
  ],
  [
    s3('InvalidStorageClass', 'PutObject', 'The storage class you specified is not valid'),
    'storage-class',
    /AWS_STORAGE_CLASS='STANDARD'/,
  ],
  [
    s3('InvalidArgument', 'CreateMultipartUpload', 'Unsupported storage class'),
    'storage-class',
    /AWS_STORAGE_CLASS/,
  ],
  [
    s3(
      'InvalidRequest',
      'PutObject',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    ),
    'needs-checksum',
    /AWS_REQUEST_CHECKSUM_CALCULATION='when_supported'/,
  ],
  [s3('MissingContentMD5', 'PutObject', 'None'), 'needs-checksum', /when_supported/],
  [
    s3('InvalidArgument', 'PutObject', "Unsupported header 'x-amz-sdk-checksum-algorithm' received"),
    'refuses-checksum',
    /AWS_REQUEST_CHECKSUM_CALCULATION='when_required'/,
  ],
  [
    s3(
      'InvalidRequest',
      'PutObject',
      'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
    ),
    'sse-c-needs-tls',
    /https address.*proxy/,
  ],
  [
    s3(
      'AccessDenied',
      'PutObject',
      'because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C)',
    ),
    'sse-c-blocked',
    /put-bucket-encryption --profile backup --bucket my-bucket/,
  ],
  // The same answer to a read concerns the encryption key.
  [
    s3(
      'AccessDenied',
      'GetObject',
      'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
    ),
    'access-denied',
    undefined,
  ],
  [
    s3('NotImplemented', 'PutObject', 'A header you provided implies functionality that is not implemented'),
    'not-implemented',
    /AWS_STORAGE_CLASS.*SSE-C/,
  ],
  [
    s3('NotImplemented', 'ListObjectVersions', 'Not implemented'),
    'not-implemented',
    /does not list older versions.*without --at/,
  ],
  [s3('MethodNotAllowed', 'HeadObject', 'None'), 'not-implemented', undefined],
  [
    s3(
      'AuthorizationHeaderMalformed',
      'ListObjectsV2',
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
    ),
    'wrong-region',
    /Set the region to 'eu-west-1'/,
  ],
  [
    s3('AuthorizationHeaderMalformed', 'ListObjectsV2', 'a non-empty Access Key (AKID) must be provided'),
    'bad-credentials',
    /aws configure/,
  ],
  [
    s3('301', 'HeadBucket', 'Moved Permanently'),
    'wrong-region',
    /get-bucket-location --profile backup --bucket my-bucket/,
  ],
  [s3('InvalidRegionName', 'HeadBucket', 'must be one of: auto'), 'wrong-region', /Set the region/],
  [s3('QuotaExceeded', 'PutObject', 'None'), 'quota', /quota or disk is full/],
  [
    s3('XMinioStorageFull', 'PutObject', 'Storage backend has reached its minimum'),
    'quota',
    /free some space/,
  ],
  [s3('AccessDenied', 'PutObject', 'Cannot upload files, storage cap exceeded.'), 'quota', /raise the quota/],
  [s3('AccessDenied', 'PutObject', 'Access Denied'), 'access-denied', /needs s3:PutObject, .*\(SSE-C\)/],
  [s3('403', 'HeadBucket', 'Forbidden'), 'access-denied', /needs s3:ListBucket, or .*another account/],
  [s3('AccessDenied', 'ListObjectVersions', 'Access Denied'), 'access-denied', /needs s3:ListBucketVersions/],
  [
    s3(
      'AccessDenied',
      'PutObject',
      'User: arn:aws:iam::1:user/x is not authorized to perform: s3:PutObjectTagging on resource: x because no identity-based policy allows it',
    ),
    'access-denied',
    /needs s3:PutObjectTagging, .*IAM permissions\.$/,
  ],
  [
    s3(
      'AccessDenied',
      'PutObject',
      'User: x is not authorized to perform: s3:PutObject on resource: y with an explicit deny in a resource-based policy',
    ),
    'access-denied',
    /A policy denies it explicitly/,
  ],
  [
    s3('AccessDenied', 'DeleteObject', 'Access Denied because object protected by object lock.'),
    'access-denied',
    undefined,
  ],
  [
    s3('AllAccessDisabled', 'GetObject', 'All access to this object has been disabled'),
    'access-denied',
    undefined,
  ],
  [
    s3('AccessDenied', 'AssumeRole', 'User: x is not authorized to perform: sts:AssumeRole'),
    'bad-credentials',
    /role_arn/,
  ],
  [
    'The SSO session associated with this profile has expired or is invalid.',
    'bad-credentials',
    /aws sso login/,
  ],
  [s3('RequestTimeTooSkewed', 'GetObject', 'x'), 'clock', /clock/],
  [s3('BucketAlreadyExists', 'CreateBucket', 'x'), 'bucket-name', /another name/],
  [
    s3('InvalidObjectState', 'GetObject', "not valid for the object's storage class"),
    'archived',
    /restore-object --profile backup --bucket my-bucket/,
  ],
  [s3('413', 'PutObject', 'Request Entity Too Large'), 'bad-name-or-size', /client_max_body_size/],
  [s3('KeyTooLongError', 'PutObject', 'Your key is too long'), 'bad-name-or-size', undefined],
  [s3('SlowDown', 'PutObject', 'Please reduce your request rate.'), 'busy', /again later/],
  [
    'Could not connect to the endpoint URL: "https://my-bucket.s3.example.com/"',
    'unreachable',
    /Check the network.*addressing_style path/,
  ],
  [
    'Could not connect to the endpoint URL: "https://my-bucket.s3.eu-west-1.amazonaws.com/"',
    'unreachable',
    /^Check the network and the endpoint, then run the command again\.$/,
  ],
  ['[Errno 13] Permission denied', 'other', undefined],
  [s3('MalformedXML', 'DeleteObjects', 'x'), 'other', undefined],
];

for (const [said, kind, hint] of ANSWERS) {
  test(`${JSON.stringify(said.slice(0, 90))} is an error of the kind "${kind}"`, () => {
    assert.equal(kindOfAwsError(said), kind);
    const given = hintOfAwsError(said, ACCESS);
    if (hint === undefined) assert.equal(given, undefined);
    else assert.match(given ?? '', hint);
  });
}

test('an error that the bucket, the server or the profile causes concerns all files', () => {
  for (const [said, kind] of ANSWERS) {
    const isOfAll =
      /^(sse-c|storage-class|needs-|refuses-|wrong-region|bad-cred|clock|unreachable)/.test(kind) ||
      (kind === 'not-implemented' && said.includes('PutObject'));
    assert.equal(concernsAllFiles(said), isOfAll, said);
    assert.equal(concernsOneFile(said), kind === 'bad-name-or-size' || said.startsWith('[Errno'), said);
    assert.equal(isTransient(said), /^(busy|unreachable|no-message)$/.test(kind), said);
  }
});

test('the name of a file does not turn its failure into another one', () => {
  const said = `upload failed: ./storage class/x to s3://b/storage class/x ${s3('AccessDenied', 'PutObject', 'Access Denied')}`;
  assert.equal(kindOfAwsError(said), 'access-denied');
});
