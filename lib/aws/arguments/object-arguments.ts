// How an object is named in the arguments of the AWS CLI, and how its encryption key is: by the path of a descriptor.
import { KEY_URL } from '../../secrets/key-descriptor.js';
import { literalOption } from './literal-argument.js';

/** An object, or one of its versions. */
export interface BucketObject {
  readonly bucket: string;
  readonly key: string;
  /** `null` (the word) for one that is older than versioning; `undefined`: what is there now. */
  readonly versionId?: string | undefined;
}

export const SSE_C = ['--sse-c', 'AES256', '--sse-c-key', KEY_URL];
/** The same for `aws s3api`. */
export const CUSTOMER_KEY = ['--sse-customer-algorithm', 'AES256', '--sse-customer-key', KEY_URL];

export function s3Url({ bucket, key }: BucketObject): string {
  return `s3://${bucket}/${key}`;
}

/** @throws {BackupError} for a name that the AWS CLI would not send as it is */
export function namesOf({ bucket, key, versionId }: BucketObject): string[] {
  const version = versionId === undefined ? [] : [literalOption('--version-id', versionId)];
  return ['--bucket', bucket, literalOption('--key', key), ...version];
}
