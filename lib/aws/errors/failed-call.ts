// A failed call of the AWS CLI: whether only a permission is missing, and the hints that depend on the call.
import { shellQuote } from '../../cli/errors.js';
import { type BucketAccess, bucketCommand } from '../arguments/bucket-arguments.js';

/** The AWS CLI's report of a failed call. */
export interface FailedCall {
  /** Standard error. */
  readonly text: string;
  /** S3's error code, or its status for a HEAD request. `undefined` if S3 did not answer. */
  readonly code?: string | undefined;
  /** The operation of S3's API, such as `PutObject`. */
  readonly operation: string;
  /** S3's message. */
  readonly message: string;
}

export const UPLOAD = /^(PutObject|CreateMultipartUpload|UploadPart|CompleteMultipartUpload)$/;
export const DENIED = /^(403|AccessDenied|AllAccessDisabled)$/;

export function configure(profile: string): string {
  return `aws configure --profile ${shellQuote(profile)}`;
}

/** The permission that an operation of S3 needs, where it does not have the operation's name. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  HeadBucket: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  HeadObject: 's3:GetObject',
  GetObject: 's3:GetObject (for older versions s3:GetObjectVersion)',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  PutBucketLifecycleConfiguration: 's3:PutLifecycleConfiguration',
  PutBucketEncryption: 's3:PutEncryptionConfiguration',
  DeleteObject: 's3:DeleteObject (for versions s3:DeleteObjectVersion)',
  DeleteObjects: 's3:DeleteObject (for versions s3:DeleteObjectVersion)',
};

/** True if S3 denies the call and names no reason but a missing permission. */
export function lacksPermission(failed: FailedCall): boolean {
  const { code, message } = failed;
  if (code === undefined || !DENIED.test(code) || /explicit deny/i.test(message)) return false;
  return !hasReason(failed) || permissionIn(message) !== undefined;
}

function permissionIn(message: string): string | undefined {
  return /is not authorized to perform: (s3:\w+)/.exec(message)?.[1];
}

export function permissionHint(failed: FailedCall, access: BucketAccess): string | undefined {
  if (!lacksPermission(failed)) return undefined;
  const { operation, message } = failed;
  const named = permissionIn(message);
  const permission = named ?? PERMISSIONS[operation] ?? `s3:${operation}`;
  const hint = `The profile's user needs ${permission}, or the bucket belongs to another account. docs/security.md lists the IAM permissions.`;
  // Some answers do not say that the bucket blocks SSE-C.
  if (named !== undefined || !UPLOAD.test(operation)) return hint;
  return `${hint} If it has that, the bucket may block encryption with your own key (SSE-C). ${allowSseC(access)}`;
}

/** Messages that add nothing to the code. */
const NO_REASON = new Set([
  '',
  'none',
  'unknown',
  'unknownerror',
  'bad request',
  'forbidden',
  'access denied',
]);

/** True if the message says more than the code. */
export function hasReason({ code = '', message }: FailedCall): boolean {
  const words = message.trim().replace(/\.$/, '').toLowerCase();
  return !NO_REASON.has(words) && words !== code.toLowerCase();
}

/** A bucket's encryption settings: S3's default, with SSE-C allowed. */
const SSE_C_ALLOWED =
  '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BlockedEncryptionTypes":{"EncryptionType":["NONE"]}}]}';

export function allowSseC(access: BucketAccess): string {
  return `Allow it, with AWS CLI 1.43, 2.32 or later: ${bucketCommand('put-bucket-encryption', access)} --server-side-encryption-configuration '${SSE_C_ALLOWED}'`;
}

export function regionHint({ message }: FailedCall, access: BucketAccess): string {
  const expected = /expecting '([\w-]+)'/.exec(message)?.[1];
  if (expected !== undefined) return `Set the region to '${expected}' (AWS_REGION in the config).`;
  return `Set the region to the one the bucket is in: ${bucketCommand('get-bucket-location', access)}`;
}

export const QUOTA_HINT =
  "The server's quota or disk is full: raise the quota, or free some space. Older versions count, too, until the lifecycle rule removes them.";

export function archiveHint(_: FailedCall, access: BucketAccess): string {
  return `It is archived. Restore it in S3 first, then run the command again: ${bucketCommand('restore-object', access)} --key KEY --restore-request Days=7`;
}

/** For addresses such as https://BUCKET.HOST, which some servers lack. */
export function addressingHint({ text }: FailedCall, { bucket }: BucketAccess): string {
  if (!text.includes(`://${bucket}.`) || text.includes('.amazonaws.com')) return '';
  return ' If the server does not support addresses that begin with the name of a bucket, run: aws configure set s3.addressing_style path --profile NAME';
}
