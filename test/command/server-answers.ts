// Refusals of a server, with the hints that belong to them, and a fake `aws` that gets them.
import type { BucketWorld } from './bucket-world.js';

/** Groups of S3 calls that a server may refuse. */
export type Calls = 'creation' | 'listing' | 'reads' | 'uploads' | 'versions' | 'settings' | 'deletions';

export interface Answer {
  readonly code: string;
  readonly message: string;
  /** The calls that get this answer. */
  readonly to: readonly Calls[];
  /** `undefined` if the message needs no hint. */
  readonly hint: RegExp | undefined;
}

const ALL: readonly Calls[] = ['listing', 'reads', 'uploads', 'versions', 'settings', 'deletions'];

export const ANSWERS: readonly Answer[] = [
  { code: 'InvalidAccessKeyId', message: 'The key Id does not exist.', to: ALL, hint: /Enter new ones/ },
  {
    code: 'AuthorizationHeaderMalformed',
    message: "the region 'eu-central-1' is wrong; expecting 'eu-west-1'",
    to: ALL,
    hint: /Set the region to 'eu-west-1' \(AWS_REGION in the config\)\.$/m,
  },
  { code: 'RequestTimeTooSkewed', message: 'The difference is too large.', to: ALL, hint: /clock/ },
  { code: 'AccessDenied', message: 'Access Denied', to: ALL, hint: /The profile's user needs s3:\w+/ },
  {
    code: 'AccessDenied',
    message: 'x is not authorized to perform: s3:Y with an explicit deny in a resource-based policy',
    to: ALL,
    hint: /A policy denies it explicitly/,
  },
  { code: 'AccessDenied', message: 'Your account is suspended.', to: ALL, hint: undefined },
  {
    code: 'InvalidArgument',
    message: "Unsupported header 'x-amz-checksum-mode' received",
    to: ['reads', 'uploads'],
    hint: /AWS_REQUEST_CHECKSUM_CALCULATION='when_required'/,
  },
  {
    code: 'InvalidRequest',
    message:
      'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
    to: ['reads', 'uploads'],
    hint: /https address/,
  },
  {
    code: 'InvalidStorageClass',
    message: 'Invalid storage class.',
    to: ['uploads'],
    hint: /AWS_STORAGE_CLASS='STANDARD'/,
  },
  {
    code: 'InvalidRequest',
    message: 'Content-MD5 HTTP header is required for Put Object requests with Object Lock parameters',
    to: ['uploads'],
    hint: /AWS_REQUEST_CHECKSUM_CALCULATION='when_supported'/,
  },
  { code: 'NotImplemented', message: 'A header is not implemented', to: ['uploads'], hint: /SSE-C/ },
  {
    code: 'AccessDenied',
    message: 'this bucket has blocked Server Side Encryption with Customer provided keys (SSE-C)',
    to: ['uploads'],
    hint: /put-bucket-encryption/,
  },
  { code: 'QuotaExceeded', message: 'None', to: ['uploads'], hint: /quota or disk is full/ },
  { code: 'NotImplemented', message: 'None', to: ['versions'], hint: /does not list older versions/ },
  {
    code: 'AccessDenied',
    message: 'x is not authorized to perform: s3:GetBucketVersioning because no policy allows it',
    to: ['settings'],
    hint: /needs s3:GetBucketVersioning/,
  },
  {
    code: 'AccessDenied',
    message: 'x is not authorized to perform: s3:CreateBucket because no policy allows it',
    to: ['creation'],
    hint: /needs s3:CreateBucket/,
  },
  {
    code: 'BucketAlreadyExists',
    message: 'The requested bucket name is not available.',
    to: ['creation'],
    hint: /Choose another name for the bucket/,
  },
  {
    code: 'InvalidLocationConstraint',
    message: 'The specified location-constraint is not valid',
    to: ['creation'],
    hint: /Correct AWS_REGION/,
  },
  {
    code: 'TooManyBuckets',
    message: 'You have attempted to create more buckets than allowed',
    to: ['creation'],
    hint: /quota/,
  },
  {
    code: 'AccessDenied',
    message: 'Access Denied because object protected by object lock.',
    to: ['deletions'],
    hint: undefined,
  },
];

/** Makes the server give this answer; a HEAD request gets only its status. If it refuses to create a bucket, there is none. */
export function refuse(world: BucketWorld, { code, message, to }: Answer): void {
  const status = /^(AccessDenied|InvalidAccessKeyId|RequestTimeTooSkewed)$/.test(code)
    ? '(403) when calling the HeadObject operation: Forbidden'
    : '(400) when calling the HeadObject operation: Bad Request';
  const say = (operation: string) =>
    `cat >&2 <<'END'\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\nEND\nexit 254;;`;
  if (to.includes('creation')) world.removeBucket();
  const cases: Readonly<Record<Calls, string>> = {
    creation: `*" create-bucket "*) ${say('CreateBucket')}`,
    listing: `*" list-objects-v2 "*) ${say('ListObjectsV2')}\n*" head-bucket "*) echo "An error occurred ${status.replace('HeadObject', 'HeadBucket')}" >&2; exit 254;;`,
    settings: `*" get-bucket-versioning "*) ${say('GetBucketVersioning')}
*" s3api get-"*"-block "*|*" s3api get-"*"-configuration "*|*" get-bucket-encryption "*) ${say('GetBucket')}`,
    deletions: `*" delete-object"*) ${say('DeleteObjects')}`,
    versions: `*" list-object-versions "*) ${say('ListObjectVersions')}`,
    reads: `*" get-object "*) ${say('GetObject')}
*" s3 cp s3://"*|*" s3 sync s3://"*|*" head-object "*) echo "fatal error: An error occurred ${status}" >&2; exit 1;;`,
    uploads: `*" s3 cp "*" s3://"*) echo upload failed: a to s3://test-bucket/pc/docs/a $(${say('PutObject')
      .replace(' >&2', '')
      .replace(/exit 254;;$/, '')}) >&2; exit 1;;`,
  };
  const script = ['creation', 'reads', 'uploads', 'listing', 'versions', 'settings', 'deletions'].filter(
    (it) => to.includes(it as Calls),
  );
  // Uploads differ from reads only by the position of the URL.
  const ordered = [...script].map((it) => cases[it as Calls]).join('\n');
  const reads = to.includes('reads') ? '' : '*" s3 cp s3://"*) ;;\n';
  world.onCall('*', `case " $* " in ${reads}${ordered}\nesac`);
}
