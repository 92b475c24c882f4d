// Arguments of `aws s3api` that hold a name. The AWS CLI takes a value that looks like an address for that of its value:
// it reads the local file, or the web page, and sends what is in it. Names come from users, and from servers.

import { BackupError } from '../../cli/errors.js';

/** Whether the AWS CLI would read what is there. No file that was backed up has such a name. */
export function isLikeAddress(value: string): boolean {
  return /^(fileb?|https?):\/\//.test(value);
}

/**
 * `--option=value`, since a value may begin with `-`.
 * @throws {BackupError} for a value that the AWS CLI would not send as it is
 */
export function literalOption(option: '--key' | '--version-id' | '--prefix', value: string): string {
  if (isLikeAddress(value)) {
    throw new BackupError(
      `The AWS CLI can't be asked for what is named like an address: ${JSON.stringify(value)}.`,
      { hint: 'No file of a backup, and no version of one, has such a name: find out who stored it.' },
    );
  }
  return `${option}=${value}`;
}

/**
 * Whether it is a version id: S3's are up to 1,024 bytes that need no encoding in a URL. Those of Amazon, Ceph, MinIO
 * and others have letters, digits and these signs; none of them means anything to the AWS CLI or to a shell.
 */
export function isVersionId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.~+=/-]{1,1024}$/.test(value);
}
