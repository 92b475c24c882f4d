// Checks the bucket: whether it exists, its region, and its owner.
import { headBucketOf } from '../../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { bucketExists, regionOfBucket } from '../../aws/bucket.js';
import { kindOfAwsError } from '../../aws/errors/error-kinds.js';
import { type Finding, notChecked, ok, warning } from './finding.js';
import { addToConfig, editConfig, runBackup } from './remedies.js';

/** @throws {AwsError} if it can't be reached */
export async function checkExists(aws: AwsCli, configFile: string): Promise<Finding> {
  if (await bucketExists(aws)) return ok('bucket', `"${aws.bucket}" is there, and answers`);
  const text = `there is no "${aws.bucket}" yet: the first run creates it; if it has another name, correct AWS_BUCKET`;
  return warning('bucket', text, runBackup(configFile));
}

/** @param account of the credentials, if it is known */
export async function checkOwner(
  aws: AwsCli,
  account: string | undefined,
  configFile: string,
): Promise<Finding> {
  if (account === undefined) return notChecked('owner', 'the account of the credentials is unknown');
  const { exitCode, stderr } = await aws.run(headBucketOf(aws.bucket, account));
  if (exitCode === 0) return ok('owner', `account ${account}, as that of the credentials`);
  if (kindOfAwsError(stderr) !== 'access-denied') return notChecked('owner', stderr.trim());
  return warning(
    'owner',
    `the bucket belongs to another account than ${account}: its owner controls the backup. If that is not intended, choose another AWS_BUCKET: somebody may have taken the name`,
    editConfig(configFile),
  );
}

/** Checks the region; other servers define their own. */
export async function checkRegion(aws: AwsCli, configFile: string): Promise<Finding> {
  const { endpointUrl, region } = aws;
  if (endpointUrl !== undefined) return notChecked('region', `${endpointUrl} decides what it means`);
  const actual = await regionOfBucket(aws);
  return actual === undefined
    ? notChecked('region', "the profile's user may not ask for it")
    : judgeRegion(actual, region, configFile);
}

/** @param actual the bucket's region @param region the config's */
export function judgeRegion(actual: string, region: string, configFile: string): Finding {
  if (actual === region) return ok('region', region);
  return warning(
    'region',
    `the bucket is in ${actual}, not in ${region}: calls are redirected, and some fail`,
    addToConfig(configFile, `AWS_REGION=${actual}`),
  );
}
