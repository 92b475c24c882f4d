// The bucket: whether it is there, in which region, and whose it is.
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

/** @param account that of the credentials, if it is known */
export async function checkOwner(
  aws: AwsCli,
  account: string | undefined,
  configFile: string,
): Promise<Finding> {
  if (account === undefined) return notChecked('owner', 'whose credentials these are is not known');
  const { exitCode, stderr } = await aws.run(headBucketOf(aws.bucket, account));
  if (exitCode === 0) return ok('owner', `account ${account}, as that of the credentials`);
  if (kindOfAwsError(stderr) !== 'access-denied') return notChecked('owner', stderr.trim());
  return warning(
    'owner',
    `the bucket belongs to another account than ${account}: whoever owns it decides what becomes of the backup. If that is not meant, choose another AWS_BUCKET: somebody may have taken the name`,
    editConfig(configFile),
  );
}

/** Other servers have regions of their own making. */
export async function checkRegion(aws: AwsCli, configFile: string): Promise<Finding> {
  const { endpointUrl, region } = aws;
  if (endpointUrl !== undefined) return notChecked('region', `what it means is up to ${endpointUrl}`);
  const actual = await regionOfBucket(aws);
  return actual === undefined
    ? notChecked('region', "the profile's user may not ask for it")
    : judgeRegion(actual, region, configFile);
}

/** @param actual where the bucket is; `region`: where it is looked for */
export function judgeRegion(actual: string, region: string, configFile: string): Finding {
  if (actual === region) return ok('region', region);
  return warning(
    'region',
    `the bucket is in ${actual}, not in ${region}: each call takes a way round, and some fail`,
    addToConfig(configFile, `AWS_REGION=${actual}`),
  );
}
