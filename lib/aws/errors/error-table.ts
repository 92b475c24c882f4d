// The meanings of S3's answers and of the AWS CLI's own messages, with hints: one table for every command.
import type { BucketAccess } from '../arguments/bucket-arguments.js';
import {
  addressingHint,
  allowSseC,
  archiveHint,
  configure,
  DENIED,
  type FailedCall,
  permissionHint,
  QUOTA_HINT,
  regionHint,
  UPLOAD,
} from './failed-call.js';

type Hint = string | ((failed: FailedCall, access: BucketAccess) => string | undefined);

export interface Meaning {
  readonly kind: string;
  /** S3's error codes. Without them, the row is for the AWS CLI's own messages. */
  readonly codes?: RegExp;
  readonly operations?: RegExp;
  /** Matches a part of S3's code and message, or of the AWS CLI's own message. */
  readonly says?: RegExp;
  /** Whether the error fails every file of an upload or download, or one file only; not set if it can be either. */
  readonly concerns?: 'all files' | 'one file';
  /** True if the same call may succeed later. */
  readonly isTransient?: true;
  readonly hint?: Hint;
}

const NOT_IMPLEMENTED = /^(405|501|NotImplemented|MethodNotAllowed|XNotImplemented)$/;

/** The first row that fits counts. */
export const MEANINGS = [
  // Something that an upload requests and the server lacks, or that the server requires.
  {
    kind: 'sse-c-blocked',
    codes: /^AccessDenied$/,
    operations: UPLOAD,
    says: /Customer provided keys/i,
    concerns: 'all files',
    hint: (_, access) =>
      `The bucket blocks encryption with your own key (SSE-C), as new buckets at Amazon do since April 2026. ${allowSseC(access)}`,
  },
  {
    kind: 'sse-c-needs-tls',
    codes: /./,
    says: /Customer provided keys must be made over a secure connection/i,
    concerns: 'all files',
    hint: "Set AWS_ENDPOINT_URL to the server's https address. If that ends at a proxy, encrypt the way from the proxy to the server, too, or have the server trust the proxy (Ceph: rgw_trust_forwarded_https).",
  },
  {
    kind: 'storage-class',
    codes: /./,
    operations: UPLOAD,
    says: /storage.?class/i,
    concerns: 'all files',
    hint: "The server does not have the storage class. Set AWS_STORAGE_CLASS='STANDARD' in the config, or another class that it has.",
  },
  {
    kind: 'needs-checksum',
    codes: /./,
    operations: UPLOAD,
    says: /MissingContentMD5|Content-MD5|Object Lock parameters/i,
    concerns: 'all files',
    hint: "The server requires a checksum with each upload, as buckets with Object Lock do. Make the AWS CLI send one, in the config: export AWS_REQUEST_CHECKSUM_CALCULATION='when_supported'",
  },
  {
    kind: 'refuses-checksum',
    codes: /./,
    says: /x-amz-(sdk-)?checksum|x-amz-content-sha256 must be|x-amz-trailer/i,
    concerns: 'all files',
    hint: "The server does not know the AWS CLI's checksums. Turn them off, in the config: export AWS_REQUEST_CHECKSUM_CALCULATION='when_required' AWS_RESPONSE_CHECKSUM_VALIDATION='when_required'",
  },
  {
    kind: 'not-implemented',
    codes: NOT_IMPLEMENTED,
    operations: UPLOAD,
    concerns: 'all files',
    hint: "The server does not implement a feature of the upload. If that is the storage class, set AWS_STORAGE_CLASS='STANDARD' in the config; if it is encryption with your own key (SSE-C), use another server.",
  },
  {
    kind: 'not-implemented',
    codes: NOT_IMPLEMENTED,
    operations: /^ListObjectVersions$/,
    hint: 'The server does not list older versions: only the latest can be restored, without --at.',
  },
  { kind: 'not-implemented', codes: NOT_IMPLEMENTED },

  // The credentials, the region, the bucket.
  {
    kind: 'no-profile',
    says: /config profile \(.*\) could not be found/,
    concerns: 'all files',
    hint: (_, { profile }) =>
      `Check the profile (AWS_PROFILE in the config) against ~/.aws/config, or create it: ${configure(profile)}`,
  },
  {
    kind: 'no-credentials',
    says: /Unable to locate credentials|Partial credentials found/,
    concerns: 'all files',
    hint: (_, { profile }) => `As the user who runs the backup: ${configure(profile)}`,
  },
  {
    kind: 'bad-credentials',
    says: /SSO session .* has expired|Error loading SSO Token|Error when retrieving (token|credentials)/i,
    concerns: 'all files',
    hint: 'The profile has no valid credentials. If it uses AWS SSO, run "aws sso login"; a backup by cron needs credentials that do not expire.',
  },
  {
    kind: 'bad-credentials',
    codes: /./,
    operations: /^(AssumeRole|AssumeRoleWith\w+|GetRoleCredentials|CreateToken)$/,
    concerns: 'all files',
    hint: "The profile can't get credentials for its role. Check role_arn and source_profile in ~/.aws/config, and who may assume the role.",
  },
  {
    kind: 'wrong-region',
    codes: /^(301|PermanentRedirect|IllegalLocationConstraintException|InvalidRegionName)$/,
    concerns: 'all files',
    hint: regionHint,
  },
  {
    kind: 'wrong-region',
    codes: /^AuthorizationHeaderMalformed$/,
    says: /region/i,
    concerns: 'all files',
    hint: regionHint,
  },
  {
    kind: 'no-such-region',
    codes: /^InvalidLocationConstraint$/,
    hint: "The server creates no buckets in that region. Correct AWS_REGION; many S3-compatible servers only know 'us-east-1'.",
  },
  {
    kind: 'bad-credentials',
    codes:
      /^(InvalidAccessKeyId|SignatureDoesNotMatch|Expired(Token|TokenException)|InvalidToken|InvalidClientTokenId|UnrecognizedClientException|TokenRefreshRequired|AuthorizationHeaderMalformed)$/,
    concerns: 'all files',
    hint: (_, { profile }) =>
      `S3 does not accept the profile's credentials. Enter new ones: ${configure(profile)}`,
  },
  {
    kind: 'clock',
    codes: /^(RequestTimeTooSkewed|RequestExpired)$/,
    concerns: 'all files',
    hint: "Correct this machine's clock: S3 refuses requests that are more than 15 minutes off.",
  },
  {
    kind: 'bucket-name',
    codes: /^(BucketAlreadyExists|InvalidBucketName)$/,
    hint: 'Choose another name for the bucket: this one is not allowed, or belongs to another account.',
  },

  // Something that the server has no room for, does not allow, or does not have.
  {
    kind: 'quota',
    codes: /^(\w*QuotaExceeded|\w*StorageFull|InsufficientStorage|507|TooManyBuckets)$/,
    hint: QUOTA_HINT,
  },
  {
    kind: 'quota',
    codes: /^(AccessDenied|403)$/,
    says: /cap exceeded|quota|storage limit/i,
    hint: QUOTA_HINT,
  },
  {
    kind: 'access-denied',
    codes: DENIED,
    says: /explicit deny/i,
    hint: 'A policy denies it explicitly. Change that statement: an additional permission does not help.',
  },
  { kind: 'access-denied', codes: DENIED, hint: permissionHint },
  {
    kind: 'not-found',
    codes: /^NoSuchBucket$/,
    hint: 'Check its name, and that profile, region and endpoint are those of the backup.',
  },
  { kind: 'not-found', codes: /^(404|NoSuchKey|NoSuchVersion)$/ },
  { kind: 'archived', codes: /^InvalidObjectState$/, hint: archiveHint },
  { kind: 'archived', says: /Object is of storage class/, hint: archiveHint },
  { kind: 'bad-request', codes: /^(400|BadRequest|InvalidRequest|InvalidArgument)$/ },
  {
    kind: 'bad-name-or-size',
    codes: /^(KeyTooLong(Error)?|(XMinio)?InvalidObjectName|InvalidURI|EntityTooLarge|EntityTooSmall)$/,
    concerns: 'one file',
  },
  {
    // MinIO and SeaweedFS do not store `x/y` beside `x`.
    kind: 'name-in-the-way',
    codes: /^((XMinio)?ParentIsObject|(XMinio)?ObjectExistsAsDirectory|ExistingObjectIs(Directory|File))$/,
    concerns: 'one file',
  },
  {
    kind: 'bad-name-or-size',
    codes: /^413$/,
    concerns: 'one file',
    hint: 'A proxy in front of the server limits the size of requests: raise its limit (nginx: client_max_body_size).',
  },
  {
    kind: 'busy',
    codes:
      /^(InternalError|ServiceUnavailable|SlowDown|Throttling|ThrottlingException|RequestThrottled|TooManyRequests(Exception)?|RequestTimeout|RequestTimeoutException|OperationAborted|PriorRequestNotComplete|BadDigest|XAmzContentSHA256Mismatch|XAmzContentChecksumMismatch|408|429|5\d\d)$/,
    isTransient: true,
    hint: 'The server is busy, or the network failed: run the command again later.',
  },

  // Messages of the AWS CLI without an answer of S3.
  {
    kind: 'tls',
    says: /SSL validation failed|CERTIFICATE_VERIFY_FAILED/,
    concerns: 'all files',
    hint: (failed, access) =>
      `The server's certificate is not trusted. For a private one, set ca_bundle in ~/.aws/config.${addressingHint(failed, access)}`,
  },
  {
    kind: 'disk-full',
    says: /\[Errno 28\]/,
    concerns: 'all files',
    hint: 'Free some space and run the command again.',
  },
  { kind: 'unknown-parameter', says: /Unknown parameter in/ },
  {
    kind: 'no-md5',
    says: /does not support MD5|unsupported hash type md5|disabled for FIPS/i,
    concerns: 'all files',
    hint: 'The AWS CLI needs MD5 for SSE-C, and its Python has none, perhaps because of FIPS mode. Use version 2 of the AWS CLI, which has its own Python.',
  },
  {
    // The AWS CLI fails to print an error with an empty message, which Ceph sends, and loses its code.
    kind: 'no-message',
    says: /argument of type 'NoneType' is not iterable/,
    isTransient: true,
    hint: "The server refuses the call without a reason. Check that the bucket exists and that the profile's user may do this (docs/security.md lists the IAM permissions); for an upload, that the server has the storage class: every server has AWS_STORAGE_CLASS='STANDARD'.",
  },
  {
    kind: 'unreachable',
    says: /Could not connect to the endpoint|(Connect|Read) timeout on endpoint|Connection was closed|Failed to connect to proxy/,
    concerns: 'all files',
    isTransient: true,
    hint: (failed, access) =>
      `Check the network and the endpoint, then run the command again.${addressingHint(failed, access)}`,
  },
  {
    kind: 'broken-off',
    says: /timeout|timed out|Could not connect|Connection (aborted|reset|broken)|Broken pipe|EndpointConnectionError|IncompleteRead|EOF occurred|was ended by SIG/i,
    concerns: 'one file',
    isTransient: true,
  },
] as const satisfies readonly Meaning[];
