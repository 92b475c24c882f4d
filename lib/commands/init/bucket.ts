// Creates the bucket of a new backup, or changes its settings, once the user has seen the commands.
import { createBucket } from '../../aws/arguments/bucket-arguments.js';
import { bucketExists } from '../../aws/bucket.js';
import type { Asked } from '../../aws/bucket-settings/ask-for-setting.js';
import {
  type BucketSettings,
  fetchBucketSettings,
  NEW_BUCKET,
} from '../../aws/bucket-settings/bucket-settings.js';
import { changeSettings, makeBucket } from '../../aws/bucket-settings/change-bucket.js';
import { planBucketSettings } from '../../aws/bucket-settings/plan.js';
import type { AwsError } from '../../aws/errors/aws-error.js';
import { BackupError } from '../../cli/errors.js';
import { retentionOf } from '../bucket-settings.js';
import type { Setup } from './steps.js';

/**
 * @returns whether the bucket is ready; false if the user refuses the commands
 * @throws {BackupError} if there is none, and the user does not want to create it
 */
export async function setUpBucket({ config, aws, interview, context }: Setup): Promise<boolean> {
  const isThere = await bucketExists(aws);
  // An existing bucket may hold other objects.
  const retention = isThere ? retentionOf(config) : { days: config.retentionDays, prefixes: [''] };
  const settings = isThere ? await fetchBucketSettings(aws) : NEW_BUCKET;
  const steps = planBucketSettings(aws.bucket, settings, retention);
  const unknown = namesOfUnknown(settings);
  if (unknown.length > 0)
    interview.say(
      `This profile may not read the bucket's ${unknown.join(', ')}: its owner has to check that.`,
    );
  if (isThere && steps.length === 0) {
    if (unknown.length === 0) interview.say('The bucket has the settings that a backup needs.');
    return unknown.length === 0;
  }
  const making = isThere ? [] : [aws.commandFor(createBucket(aws.bucket, config.region))];
  const commands = steps.flatMap(({ why, args }) => [`# ${why}`, aws.commandFor(args)]);
  interview.say(['For the bucket:', ...making, ...commands].join('\n  '));
  if (!(await interview.confirm('Run these commands?'))) {
    if (isThere) return false;
    throw new BackupError(`The bucket "${aws.bucket}" was not made, and what comes next needs it.`, {
      hint: 'Make it in your own way, then run init again: it goes on from here.',
    });
  }
  if (isThere) {
    for await (const { failure } of changeSettings(aws, steps, retention)) assertDone(failure);
  } else await makeBucket(aws, config, (message) => context.log.info(message));
  interview.say(isThere ? 'The bucket has the settings now.' : `The bucket "${aws.bucket}" was made.`);
  return unknown.length === 0;
}

function namesOfUnknown(settings: BucketSettings): string[] {
  const names: Readonly<Record<keyof BucketSettings, string>> = {
    versioning: 'versioning',
    lifecycle: 'lifecycle rules',
    encryption: 'encryption',
    publicAccess: 'block of public access',
  };
  const isDenied = (asked: Asked<unknown>) => 'unknown' in asked && asked.unknown.kind === 'access-denied';
  return (Object.keys(names) as (keyof BucketSettings)[])
    .filter((name) => isDenied(settings[name]))
    .map((name) => names[name]);
}

/** @throws {BackupError} for any failure, unless the server does not implement the setting */
function assertDone(failure: AwsError | undefined): void {
  if (failure === undefined || failure.kind === 'not-implemented') return;
  const hint =
    'Ask somebody who may to run the command above, then run init again; or skip it: --skip bucket';
  throw new BackupError(failure.message, { hint, cause: failure });
}
