import { type BucketObject, s3Url } from '../aws/arguments/object-arguments.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';

/** The error, with exit code 5, for an object that was stored with another key. */
export function otherKeyError(object: BucketObject): BackupError {
  return new BackupError(`Download failed: ${s3Url(object)} was not stored with this encryption key.`, {
    exitCode: exitCode.wrongKey,
    hint: 'Use the encryption key of the config that made the backup; encrypted-s3-download-key gets it from the bucket.',
  });
}
