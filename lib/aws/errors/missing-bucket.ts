// Version 1 of the AWS CLI hides the code of an error without a message, which Ceph sends. A HEAD request proves that
// the bucket is missing.
import { headBucket } from '../arguments/bucket-arguments.js';
import type { AwsAnswer } from '../aws-call.js';
import { kindOfAwsError } from './error-kinds.js';

/** The part of an `AwsCli` that is used here. */
interface Bucket {
  readonly bucket: string;
  run(args: readonly string[]): Promise<AwsAnswer>;
}

/** @returns the answer of a failed call; with NoSuchBucket if that is its hidden reason */
export async function withMissingBucket(aws: Bucket, answer: AwsAnswer): Promise<AwsAnswer> {
  if (kindOfAwsError(answer.stderr) !== 'no-message') return answer;
  const head = await aws.run(headBucket(aws.bucket));
  if (head.exitCode === 0 || kindOfAwsError(head.stderr) !== 'not-found') return answer;
  const words = `The bucket "${aws.bucket}" does not exist.`;
  return {
    ...answer,
    stderr: `An error occurred (NoSuchBucket) when calling the HeadBucket operation: ${words}`,
  };
}
