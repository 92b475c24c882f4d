// Version 1 of the AWS CLI hides the code of an error without a message, as Ceph sends it. If the bucket is missing, a HEAD
// request proves it.
import { headBucket } from '../arguments/bucket-arguments.js';
import type { AwsAnswer } from '../aws-call.js';
import { kindOfAwsError } from './error-kinds.js';

/** What of an `AwsCli` is needed here. */
interface Bucket {
  readonly bucket: string;
  run(args: readonly string[]): Promise<AwsAnswer>;
}

/** @returns the answer of a failed call, with the reason if that is the missing bucket and the AWS CLI has hidden it */
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
