// Turns the failed download of a file into words.

import { headWithoutKey } from '../aws/arguments/download-arguments.js';
import { type BucketObject, s3Url } from '../aws/arguments/object-arguments.js';
import type { AwsAnswer, AwsCli } from '../aws/aws-cli.js';
import { missingBucketError } from '../aws/bucket.js';
import { kindOfAwsError } from '../aws/error-kinds.js';
import type { KeyedAws } from '../aws/remote.js';
import { causeOfRefusal } from '../aws/wrong-key.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';

const NOT_THERE = 'does not exist';
const HINT =
  'encrypted-s3-list-versions shows what there is and was; encrypted-s3-download-dir restores a folder.';

/** @returns an error with exit code 5 if it is the key that is wrong */
export async function whyNotDownloaded(
  remote: KeyedAws,
  object: BucketObject,
  args: string[],
  answer: AwsAnswer,
): Promise<BackupError> {
  const { aws } = remote;
  const problem = object.versionId === undefined ? undefined : await problemOfVersion(aws, object, answer);
  const { kind } = aws.errorOf(args, answer);
  const noBucket = kind === 'not-found' || problem === NOT_THERE ? await missingBucketError(aws) : undefined;
  if (noBucket !== undefined) return noBucket;
  if (problem !== undefined) {
    return new BackupError(`Download failed: version "${object.versionId}" of ${s3Url(object)} ${problem}.`, {
      hint: HINT,
    });
  }
  const cause = await causeOfRefusal(remote, object, args, answer);
  if (cause === 'wrong key') {
    return new BackupError(`Download failed: ${s3Url(object)} was not stored with this encryption key.`, {
      exitCode: exitCode.wrongKey,
      hint: 'Use the key of the config that made the backup; encrypted-s3-download-key gets it from the bucket.',
    });
  }
  const { message, hint = kind === 'not-found' ? HINT : undefined } = cause;
  return new BackupError(`Download failed: ${message}`, hint === undefined ? {} : { hint });
}

/** A HEAD request tells more than what AWS CLI v1 makes of an error without a message, as some servers send it. */
async function problemOfVersion(
  aws: AwsCli,
  object: BucketObject,
  { stderr }: AwsAnswer,
): Promise<string | undefined> {
  if (/\(InvalidArgument\).*version id/i.test(stderr)) return NOT_THERE;
  const head = await aws.run(headWithoutKey(object));
  const kind = head.exitCode === 0 ? undefined : kindOfAwsError(head.stderr);
  if (kind === 'not-found') return NOT_THERE;
  // Only an object can be had: 405, Method Not Allowed.
  return kind === 'not-implemented' ? 'is a deletion, which has no content' : undefined;
}
