// The region of a bucket on AWS.
import { getLocation } from './arguments/bucket-arguments.js';
import type { AwsCli } from './aws-cli.js';

/** A bucket from before there were regions in Europe. */
const OLD_NAMES: Readonly<Record<string, string>> = { EU: 'eu-west-1', None: 'us-east-1' };

/** @returns `undefined` if there is no such bucket, or this user may not ask where it is */
export async function regionOfBucket(aws: AwsCli): Promise<string | undefined> {
  const answer = await aws.run(getLocation(aws.bucket));
  if (answer.exitCode !== 0) return undefined;
  const location = answer.stdout.trim();
  const region = OLD_NAMES[location] ?? location;
  // The names of other servers are no regions.
  return /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? region : undefined;
}
