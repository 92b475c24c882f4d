// The AWS CLI's arguments for objects and for the encryption key, which they name by the path of a descriptor.
import { BackupError } from '../../cli/errors.js';

/** An object, or one of its versions. */
export interface BucketObject {
  readonly bucket: string;
  readonly key: string;
  /** `undefined` for the current version; the word `null` for one that was stored without versioning. */
  readonly versionId?: string | undefined;
}

/** Where the AWS CLI reads the encryption key: from its descriptor 3. */
export const KEY_URL = 'fileb:///dev/fd/3';

/** The encryption key for `aws s3`. */
export const SSE_C = ['--sse-c', 'AES256', '--sse-c-key', KEY_URL];
/** The encryption key for `aws s3api`. */
export const CUSTOMER_KEY = ['--sse-customer-algorithm', 'AES256', '--sse-customer-key', KEY_URL];

export function s3Url({ bucket, key }: BucketObject): string {
  return `s3://${bucket}/${key}`;
}

/** @throws {BackupError} for a key or version id that looks like an address */
export function namesOf({ bucket, key, versionId }: BucketObject): string[] {
  const version = versionId === undefined ? [] : [literalOption('--version-id', versionId)];
  return ['--bucket', bucket, literalOption('--key', key), ...version];
}

/**
 * True if `aws s3api` would not send the value, but the content of the file or web page that it names. No file of a
 * backup has such a key.
 */
export function isLikeAddress(value: string): boolean {
  return /^(fileb?|https?):\/\//.test(value);
}

/**
 * `--option=value`, since a value may begin with `-`.
 * @throws {BackupError} for a value that looks like an address
 */
export function literalOption(option: '--key' | '--version-id' | '--prefix', value: string): string {
  if (isLikeAddress(value)) {
    throw new BackupError(
      `${JSON.stringify(value)} looks like a URL, which the AWS CLI would open: it is not used as a name.`,
      { hint: 'No file of a backup has such a key or version id: find out who stored it.' },
    );
  }
  return `${option}=${value}`;
}

/**
 * True for a version id: up to 1,024 bytes that need no encoding in a URL. Version ids of Amazon, Ceph, MinIO and
 * others consist of these characters, none of which the AWS CLI or a shell interprets.
 */
export function isVersionId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.~+=/-]{1,1024}$/.test(value);
}

/** @returns the bucket and the key, which may be empty; `undefined` if it is not an `s3://` URL */
export function parseS3Url(url: string): BucketObject | undefined {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}
