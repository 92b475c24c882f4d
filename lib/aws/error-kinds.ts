// The one table of what S3's answers and the AWS CLI's own words mean: whom a failure concerns, whether it may pass, and
// what to do about it.

interface Meaning {
  readonly kind: string;
  /** S3's error codes, and the statuses that a HEAD request is answered with. Without them: the AWS CLI's own words. */
  readonly codes?: RegExp;
  /** Part of what is said. */
  readonly says?: RegExp;
  /** Whether it fails every file of an upload or download, or says nothing of other files; not set: either may be. */
  readonly concerns?: 'all files' | 'one file';
  /** True if the same call may succeed later. */
  readonly isTransient?: true;
  readonly hint?: string;
}

/** The first one that fits counts. */
const MEANINGS = [
  { kind: 'sse-c-blocked', codes: /^AccessDenied$/, says: /Customer provided keys/i, concerns: 'all files' },
  {
    kind: 'no-profile',
    says: /config profile \(.*\) could not be found/,
    concerns: 'all files',
    hint: 'Check AWS_PROFILE against ~/.aws/config, or run "aws configure --profile NAME".',
  },
  {
    kind: 'no-credentials',
    says: /Unable to locate credentials|Partial credentials found/,
    concerns: 'all files',
    hint: 'Run "aws configure --profile NAME" for the profile in use, as the user who runs the backup.',
  },
  {
    kind: 'bad-credentials',
    codes: /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired)$/,
    concerns: 'all files',
    hint: 'S3 does not accept the profile\'s credentials. Renew them with "aws configure".',
  },
  {
    kind: 'clock',
    codes: /^RequestTimeTooSkewed$/,
    concerns: 'all files',
    hint: "Correct this machine's clock: S3 refuses requests that are more than 15 minutes off.",
  },
  {
    kind: 'wrong-region',
    codes: /^(301|PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/,
    concerns: 'all files',
    hint: 'Set the region to the one the bucket is in: "aws s3api get-bucket-location --bucket BUCKET".',
  },
  {
    kind: 'no-such-region',
    codes: /^InvalidLocationConstraint$/,
    hint: "The server makes no buckets in that region. Correct AWS_REGION; many S3-compatible servers know 'us-east-1' only.",
  },
  {
    kind: 'not-implemented',
    codes: /^(405|501|NotImplemented|MethodNotAllowed|XNotImplemented)$/,
  },
  { kind: 'not-found', codes: /^(404|NoSuchBucket|NoSuchKey|NoSuchVersion)$/ },
  {
    kind: 'access-denied',
    codes: /^(403|AccessDenied|AllAccessDisabled)$/,
    hint: "The profile's user may not do this, or the bucket belongs to another account. docs/security.md lists the IAM permissions.",
  },
  { kind: 'bad-request', codes: /^(400|BadRequest|InvalidRequest|InvalidArgument)$/ },
  { kind: 'archived', codes: /^InvalidObjectState$/ },
  { kind: 'archived', says: /Object is of storage class/ },
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
    kind: 'busy',
    codes:
      /^(InternalError|ServiceUnavailable|SlowDown|Throttling|ThrottlingException|RequestThrottled|TooManyRequests(Exception)?|RequestTimeout|RequestTimeoutException|OperationAborted|PriorRequestNotComplete|BadDigest|XAmzContentSHA256Mismatch|XAmzContentChecksumMismatch|408|429|5\d\d)$/,
    isTransient: true,
  },
  {
    kind: 'tls',
    says: /SSL validation failed|CERTIFICATE_VERIFY_FAILED/,
    concerns: 'all files',
    hint: "The server's certificate is not trusted. For a private one, set ca_bundle in ~/.aws/config.",
  },
  {
    kind: 'disk-full',
    says: /\[Errno 28\]/,
    concerns: 'all files',
    hint: 'Free some space and run the command again.',
  },
  { kind: 'unknown-parameter', says: /Unknown parameter in/ },
  {
    // Version 1 of the AWS CLI stumbles over an error whose message is empty, as Ceph sends it.
    kind: 'no-message',
    says: /argument of type 'NoneType' is not iterable/,
    isTransient: true,
    hint: "The server refuses it without a reason. Check that the bucket exists and that the profile's user may do this; docs/security.md lists the IAM permissions.",
  },
  {
    kind: 'unreachable',
    says: /Could not connect to the endpoint|(Connect|Read) timeout on endpoint|Connection was closed|Failed to connect to proxy/,
    concerns: 'all files',
    isTransient: true,
    hint: 'Check the network and the endpoint, then run the command again.',
  },
  {
    kind: 'broken-off',
    says: /timeout|timed out|Could not connect|Connection (aborted|reset|broken)|Broken pipe|EndpointConnectionError|IncompleteRead|EOF occurred|was ended by SIG/i,
    concerns: 'one file',
    isTransient: true,
  },
] as const satisfies readonly Meaning[];

/** The AWS CLI's own words that are not in the table are about one file: it could not be read, for one. */
const OTHER_WORDS: Meaning = { kind: 'other', concerns: 'one file' };
const OTHER_CODE: Meaning = { kind: 'other' };

export type AwsErrorKind = (typeof MEANINGS)[number]['kind'] | 'other';

/** @param said by the AWS CLI on standard error */
export function kindOfAwsError(said: string): AwsErrorKind {
  return meaningOf(said).kind as AwsErrorKind;
}

/** What to do about it, as far as it depends on nothing else. */
export function hintOfAwsError(said: string): string | undefined {
  return meaningOf(said).hint;
}

/** True if the same call may succeed when it is tried again. */
export function isTransient(said: string): boolean {
  return meaningOf(said).isTransient === true;
}

/** True if every other file fails for the same reason. */
export function concernsAllFiles(said: string): boolean {
  return meaningOf(said).concerns === 'all files';
}

/** True if it says nothing of other files: a long name, for one, or a file that can't be read. */
export function concernsOneFile(said: string): boolean {
  return meaningOf(said).concerns === 'one file';
}

/** S3's error code, or else the kind; for comparing reasons. */
export function reasonOf(said: string): string {
  return errorCodeIn(said) ?? kindOfAwsError(said);
}

function errorCodeIn(said: string): string | undefined {
  return /An error occurred \((\w+)\) when calling/.exec(said)?.[1];
}

function meaningOf(said: string): Meaning {
  const code = errorCodeIn(said);
  const fits = ({ codes, says }: Meaning) => {
    if (code === undefined ? codes !== undefined : codes?.test(code) !== true) return false;
    return says === undefined || says.test(said);
  };
  return MEANINGS.find(fits) ?? (code === undefined ? OTHER_WORDS : OTHER_CODE);
}
