// Explains why the download of a single file failed.
import { headWithoutKey } from '../../aws/arguments/download-arguments.js';
import { type BucketObject, s3Url } from '../../aws/arguments/object-arguments.js';
import type { AwsAnswer } from '../../aws/aws-call.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { missingBucketError } from '../../aws/bucket.js';
import { kindOfAwsError } from '../../aws/errors/error-kinds.js';
import { causeOfRefusal, otherKeyError } from '../../aws/sse-c/wrong-key.js';
import { BackupError } from '../../cli/errors.js';

const MISSING = 'does not exist';
const HINT =
  'encrypted-s3-list-versions shows existing and deleted files; encrypted-s3-download-dir restores a folder.';

/** @returns the error; with exit code 5 for the wrong encryption key */
export async function whyNotDownloaded(
  aws: AwsCli,
  object: BucketObject,
  args: string[],
  answer: AwsAnswer,
): Promise<BackupError> {
  const problem = object.versionId === undefined ? undefined : await problemOfVersion(aws, object, answer);
  const { kind } = aws.errorOf(args, answer);
  const noBucket = kind === 'not-found' || problem === MISSING ? await missingBucketError(aws) : undefined;
  if (noBucket !== undefined) return noBucket;
  if (problem !== undefined) {
    return new BackupError(`Download failed: version "${object.versionId}" of ${s3Url(object)} ${problem}.`, {
      hint: HINT,
    });
  }
  const cause = await causeOfRefusal(aws, object, args, answer);
  if (cause === 'wrong key') return otherKeyError(object);
  const { message, hint = kind === 'not-found' ? HINT : undefined } = cause;
  return new BackupError(`Download failed: ${message}`, { hint });
}

/** Asks again with a HEAD request: some servers send an error without a message, which AWS CLI v1 can't read. */
async function problemOfVersion(
  aws: AwsCli,
  object: BucketObject,
  { stderr }: AwsAnswer,
): Promise<string | undefined> {
  if (/\(InvalidArgument\).*version id/i.test(stderr)) return MISSING;
  const head = await aws.run(headWithoutKey(object));
  const kind = head.exitCode === 0 ? undefined : kindOfAwsError(head.stderr);
  if (kind === 'not-found') return MISSING;
  // S3 answers 405, Method Not Allowed.
  return kind === 'not-implemented' ? 'is a delete marker, which has no content' : undefined;
}
