// Creates a bucket, or changes a bucket's settings. No other file does. Every change is a step that plan.ts has
// planned.
import { isDeepStrictEqual } from 'node:util';
import { BackupError } from '../../cli/errors.js';
import { bucketCommand, createBucket } from '../arguments/bucket-arguments.js';
import { NEWER_MODEL } from '../aws-call.js';
import type { AwsCli } from '../aws-cli.js';
import type { AwsError } from '../errors/aws-error.js';
import { kindOfAwsError } from '../errors/error-kinds.js';
import { fetchBucketSettings, NEW_BUCKET } from './bucket-settings.js';
import type { Retention } from './lifecycle.js';
import { planBucketSettings, type SettingStep } from './plan.js';

export interface NewBucket {
  readonly region: string;
  readonly retentionDays: number;
}

/**
 * Creates the bucket, with versioning, a lifecycle rule, and SSE-C.
 * @param log gets what is done, and what the server does not implement
 * @throws {AwsError} if it can't be created
 * @throws {BackupError} if it can't be set up
 */
export async function makeBucket(
  aws: AwsCli,
  settings: NewBucket,
  log: (message: string) => void,
): Promise<void> {
  const { bucket } = aws;
  log(`The S3 bucket "${bucket}" does not exist. Creating it...`);
  await aws.runOrThrow(createBucket(bucket, settings.region));
  const retention = { days: settings.retentionDays, prefixes: [''] };
  for (const step of planBucketSettings(bucket, NEW_BUCKET, retention)) await setUp(aws, step, log);
}

/** @throws {BackupError} for any failure, unless the server does not implement the setting */
async function setUp(aws: AwsCli, step: SettingStep, log: (message: string) => void): Promise<void> {
  const { setting, what } = step;
  const failure = await takeStep(aws, step);
  if (failure === undefined) return;
  if (setting === 'encryption') {
    // Only AWS blocks SSE-C, and its answer to the first upload says so.
    log(`The new bucket could not be set to allow SSE-C: ${failure.detail}`);
    return;
  }
  if (failure.kind === 'not-implemented') {
    log(`The server does not implement ${what}. The bucket is used without it: ${failure.detail}`);
    return;
  }
  const steps = [
    `The bucket "${aws.bucket}" exists now, but without ${what}.`,
    ...(failure.hint === undefined ? [] : [failure.hint]),
    `Then delete the empty bucket (${bucketCommand('delete-bucket', aws)}) and run the command again.`,
  ];
  throw new BackupError(failure.message, { hint: steps.join(' '), cause: failure });
}

interface TakenStep {
  readonly step: SettingStep;
  /** `undefined` if it is done. */
  readonly failure: AwsError | undefined;
}

/**
 * Takes the steps that the user has agreed to, one by one. A put replaces all rules, so rules that were added since the
 * steps were planned must not be lost.
 * @param agreed what `planBucketSettings` has planned for this retention
 * @throws {BackupError} if other steps are needed now
 */
export async function* changeSettings(
  aws: AwsCli,
  agreed: readonly SettingStep[],
  retention: Retention,
): AsyncGenerator<TakenStep> {
  const steps = planBucketSettings(aws.bucket, await fetchBucketSettings(aws), retention);
  if (!isDeepStrictEqual(steps, agreed)) {
    throw new BackupError(`Somebody else has changed the settings of the bucket "${aws.bucket}".`, {
      hint: 'Nothing was changed. Run the command again to see what is needed now.',
    });
  }
  for (const step of steps) yield { step, failure: await takeStep(aws, step) };
}

/** @returns why it has failed; `undefined` if it is done */
async function takeStep(aws: AwsCli, { args }: SettingStep): Promise<AwsError | undefined> {
  let answer = await aws.run(args);
  if (kindOfAwsError(answer.stderr) === 'unknown-parameter')
    answer = await aws.run(args, { environment: NEWER_MODEL });
  return answer.exitCode === 0 ? undefined : aws.errorOf(args, answer);
}
