// What the AWS CLI says when it fails, turned into a kind to decide by and a hint for the user.
import { BackupError } from '../cli/errors.js';

export type AwsErrorKind =
  | 'sse-c-blocked'
  | 'no-profile'
  | 'no-credentials'
  | 'bad-credentials'
  | 'clock'
  | 'wrong-region'
  | 'no-such-region'
  | 'unreachable'
  | 'tls'
  | 'disk-full'
  | 'unknown-parameter'
  | 'not-implemented'
  | 'not-found'
  | 'access-denied'
  | 'bad-request'
  | 'archived'
  | 'no-message'
  | 'other';

/** The S3 API's error codes, and the bare statuses that a HEAD request is answered with. */
const CODES: Readonly<Record<string, AwsErrorKind>> = {
  InvalidAccessKeyId: 'bad-credentials',
  SignatureDoesNotMatch: 'bad-credentials',
  ExpiredToken: 'bad-credentials',
  InvalidToken: 'bad-credentials',
  TokenRefreshRequired: 'bad-credentials',
  RequestTimeTooSkewed: 'clock',
  301: 'wrong-region',
  PermanentRedirect: 'wrong-region',
  AuthorizationHeaderMalformed: 'wrong-region',
  IllegalLocationConstraintException: 'wrong-region',
  InvalidLocationConstraint: 'no-such-region',
  405: 'not-implemented',
  501: 'not-implemented',
  NotImplemented: 'not-implemented',
  MethodNotAllowed: 'not-implemented',
  XNotImplemented: 'not-implemented',
  404: 'not-found',
  NoSuchBucket: 'not-found',
  NoSuchKey: 'not-found',
  NoSuchVersion: 'not-found',
  403: 'access-denied',
  AccessDenied: 'access-denied',
  AllAccessDisabled: 'access-denied',
  400: 'bad-request',
  BadRequest: 'bad-request',
  InvalidRequest: 'bad-request',
  InvalidArgument: 'bad-request',
  InvalidObjectState: 'archived',
};

/** What the AWS CLI itself says when S3 did not answer. First match wins. */
const TEXTS: readonly [AwsErrorKind, RegExp][] = [
  ['no-profile', /config profile \(.*\) could not be found/],
  ['no-credentials', /Unable to locate credentials|Partial credentials found/],
  ['tls', /SSL validation failed|CERTIFICATE_VERIFY_FAILED/],
  ['disk-full', /\[Errno 28\]/],
  ['archived', /Object is of storage class/],
  ['unknown-parameter', /Unknown parameter in/],
  // What version 1 of the AWS CLI makes of an error whose message is empty, as Ceph sends it.
  ['no-message', /argument of type 'NoneType' is not iterable/],
  [
    'unreachable',
    /Could not connect to the endpoint|(Connect|Read) timeout on endpoint|Connection was closed|Failed to connect to proxy/,
  ],
];

const HINTS: Partial<Record<AwsErrorKind, string>> = {
  'no-profile': 'Check AWS_PROFILE against ~/.aws/config, or run "aws configure --profile NAME".',
  'no-credentials':
    'Run "aws configure --profile NAME" for the profile in use, as the user who runs the backup.',
  'bad-credentials': 'S3 does not accept the profile\'s credentials. Renew them with "aws configure".',
  clock: "This machine's clock is wrong: S3 refuses requests that are more than 15 minutes off.",
  'wrong-region':
    'Set the region to the one the bucket is in: "aws s3api get-bucket-location --bucket BUCKET".',
  // A new bucket names its region, but for us-east-1.
  'no-such-region':
    "The server makes no buckets in that region. Correct AWS_REGION; many S3-compatible servers know 'us-east-1' only.",
  unreachable: 'Check the network and the endpoint, then run the command again.',
  tls: "The server's certificate is not trusted. For a private one, set ca_bundle in ~/.aws/config.",
  'no-message':
    "The server refused it without a word. See that the bucket exists, and that the profile's user may do this; README lists the IAM permissions.",
  'disk-full': 'Free some space and run the command again.',
  'access-denied':
    "The profile's user may not do this, or the bucket belongs to another account. README lists the IAM permissions.",
};

/** A failed call of the AWS CLI. `message` holds what the CLI said, on one line. */
export class AwsError extends BackupError {
  readonly kind: AwsErrorKind;
  /** What the CLI said. */
  readonly detail: string;

  constructor(what: string, kind: AwsErrorKind, detail: string, hint: string | undefined) {
    super(`aws CLI command failed; aborting! ${what}: ${detail}`, hint === undefined ? {} : { hint });
    this.name = 'AwsError';
    this.kind = kind;
    this.detail = detail;
  }
}

export function kindOfAwsError(stderr: string): AwsErrorKind {
  if (/\(AccessDenied\)[\s\S]*Customer provided keys/i.test(stderr)) return 'sse-c-blocked';
  const code = /An error occurred \((\w+)\) when calling/.exec(stderr)?.[1];
  if (code !== undefined) return CODES[code] ?? 'other';
  return TEXTS.find(([, pattern]) => pattern.test(stderr))?.[0] ?? 'other';
}

/** For hints. */
export interface BucketPlace {
  readonly bucket: string;
  readonly profile: string;
}

/** The beginning of a command for the user, about the bucket and as the profile that is in use. */
export function bucketCommand(operation: string, { bucket, profile }: BucketPlace): string {
  const as = profile === 'default' ? '' : ` --profile ${profile}`;
  return `aws s3api ${operation}${as} --bucket ${bucket}`;
}

/** How S3's block of SSE-C is lifted (a bucket created since April 2026 has it by default). */
function howToAllowSseC(place: BucketPlace): string {
  return `Allow it, with AWS CLI 1.43, 2.32 or later: ${bucketCommand('put-bucket-encryption', place)} --server-side-encryption-configuration '${SSE_C_ALLOWED}'`;
}

/** Bucket encryption that keeps S3's default for everyone else and blocks no SSE-C. */
export const SSE_C_ALLOWED =
  '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BlockedEncryptionTypes":{"EncryptionType":["NONE"]}}]}';

/** Where an upload is denied, a block of SSE-C may be the reason, which not every answer of S3 names. */
const DENIED_UPLOAD = /when calling the (PutObject|CreateMultipartUpload|UploadPart) operation/;

/**
 * @param args of the failed call
 * @param stderr what the AWS CLI wrote; only its last lines go into the message
 */
export function awsError(
  args: readonly string[],
  exitCode: number,
  stderr: string,
  place: BucketPlace,
): AwsError {
  const kind = kindOfAwsError(stderr);
  const refused = refusedArgument(stderr, args);
  const detail = refused?.detail || lastLines(stderr) || `exit code ${exitCode}, without a message`;
  return new AwsError(
    `aws ${args[0]} ${args[1]}`,
    kind,
    detail,
    refused?.hint ?? hintFor(kind, stderr, place),
  );
}

function hintFor(kind: AwsErrorKind, stderr: string, place: BucketPlace): string | undefined {
  if (kind === 'sse-c-blocked') {
    return `The bucket blocks encryption with your own key (SSE-C), as S3 does by default since April 2026. ${howToAllowSseC(place)}`;
  }
  const hint = HINTS[kind];
  if (kind !== 'access-denied' || !DENIED_UPLOAD.test(stderr)) return hint;
  return `${hint} If it has these, the bucket may block encryption with your own key (SSE-C). ${howToAllowSseC(place)}`;
}

/** What the AWS CLI says, below its usage, of an argument that it refuses, and what it was given. */
function refusedArgument(
  stderr: string,
  args: readonly string[],
): { detail: string; hint: string | undefined } | undefined {
  const said = /^aws: (?:error|\[ERROR\]): (?!An error occurred \(\w+\) when calling).*/ims.exec(stderr)?.[0];
  if (said === undefined) return undefined;
  const name = /argument (--[\w-]+): /.exec(said)?.[1];
  const value = name !== undefined && args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const given = value === undefined ? '' : ` (it was given "${value}")`;
  return {
    detail: linesOf(said).join(' / ').replaceAll(/\s+/g, ' ').slice(0, 1000) + given,
    hint:
      name === '--storage-class'
        ? 'Correct AWS_STORAGE_CLASS in the config, or update the AWS CLI if it is too old to know that class.'
        : undefined,
  };
}

function lastLines(stderr: string): string {
  return linesOf(stderr).slice(-3).join(' / ').slice(-1000);
}

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

// A permission that is missing, told by its name.

/** @throws {BackupError} with `hint` if S3 says that the user may not do what `action` does */
export async function explainDenial<T>(hint: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof AwsError) || error.kind !== 'access-denied') throw error;
    throw new BackupError(error.message, { hint, cause: error });
  }
}
