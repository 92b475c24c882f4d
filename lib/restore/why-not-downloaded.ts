// Turns the failed download of a file into words.
import { type BucketObject, s3Url } from '../aws/arguments.js';
import type { AwsAnswer, AwsCli } from '../aws/aws-cli.js';
import { kindOfAwsError } from '../aws/aws-error.js';
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { isOnlyKeyWrong } from '../run/verification.js';

/** @returns an error with exit code 5 if nothing but the key is wrong */
export async function whyNotDownloaded(
  aws: AwsCli,
  object: BucketObject,
  args: string[],
  answer: AwsAnswer,
): Promise<BackupError> {
  if (object.versionId !== undefined) {
    const problem = problemOfVersion(answer.stderr);
    if (problem !== undefined) {
      return new BackupError(`Download failed: version ${object.versionId} of ${s3Url(object)} ${problem}.`, {
        hint: 'encrypted-s3-list-versions shows the versions that there are.',
      });
    }
  }
  if (await isOnlyKeyWrong(aws, object, answer)) {
    return new BackupError(`Download failed: ${s3Url(object)} was not stored with this encryption key.`, {
      exitCode: exitCode.wrongKey,
      hint: 'Use the key of the config that made the backup; encrypted-s3-download-key gets it from the bucket.',
    });
  }
  const { message, hint } = aws.errorOf(args, answer);
  return new BackupError(`Download failed: ${message}`, hint === undefined ? {} : { hint });
}

/** S3 has 400 InvalidArgument for what can be no version id, and 405 for a delete marker. */
function problemOfVersion(stderr: string): string | undefined {
  const kind = kindOfAwsError(stderr);
  if (kind === 'not-implemented') return 'is a deletion, which has no content';
  return kind === 'not-found' || /\(InvalidArgument\)/.test(stderr) ? 'does not exist' : undefined;
}
