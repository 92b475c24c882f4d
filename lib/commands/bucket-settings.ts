// What the bucket is set to: judged and, if the user wants that, mended first.
import { stderr } from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import type { AwsCli } from '../aws/aws-cli.js';
import { fetchBucketSettings } from '../aws/bucket-settings/bucket-settings.js';
import type { Retention } from '../aws/bucket-settings/lifecycle.js';
import { planBucketSettings, type SettingStep } from '../aws/bucket-settings/plan.js';
import { takeStep } from '../aws/bucket-settings/take-step.js';
import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import type { BackupConfig } from '../config/backup-config.js';
import { type Finding, failedBy } from '../health/doctor/finding.js';
import { judgeSettings } from '../health/doctor/settings.js';
import { runFolderKey } from '../records/last-run.js';

export interface Mending {
  /** Whether to change what is not fit for a backup. */
  readonly fixes: boolean;
  /** Whether to do so without asking. */
  readonly isConfirmed: boolean;
}

export async function checkSettings(
  aws: AwsCli,
  config: BackupConfig,
  { fixes, isConfirmed }: Mending,
  context: CommandContext,
): Promise<Finding[]> {
  const retention = retentionOf(config);
  const settings = await fetchBucketSettings(aws);
  const steps = planBucketSettings(aws.bucket, settings, retention);
  const judge = (found: typeof settings, left: readonly SettingStep[]) =>
    judgeSettings(found, left, retention, (args) => aws.commandFor(args));
  if (!fixes || steps.length === 0 || !(await isWanted(aws, steps, isConfirmed, context)))
    return judge(settings, steps);
  await assertStillNeeded(aws, steps, retention);
  const failures = await takeSteps(aws, steps);
  const after = await fetchBucketSettings(aws);
  return [...failures, ...judge(after, planBucketSettings(aws.bucket, after, retention))];
}

/** The bucket may hold other things: rules are for this backup's objects and records alone. */
export function retentionOf({ retentionDays, prefix }: BackupConfig): Retention {
  return { days: retentionDays, prefixes: prefix === '' ? [''] : [prefix, runFolderKey(prefix)] };
}

/**
 * A put replaces all rules: those that somebody has added while the user looked at the steps must not be lost.
 * @throws {BackupError} if other steps are needed now
 */
export async function assertStillNeeded(
  aws: AwsCli,
  steps: readonly SettingStep[],
  retention: Retention,
): Promise<void> {
  const now = planBucketSettings(aws.bucket, await fetchBucketSettings(aws), retention);
  if (isDeepStrictEqual(now, steps)) return;
  throw new BackupError(`Somebody else has changed what the bucket "${aws.bucket}" is set to.`, {
    hint: 'Nothing was changed. Run the command again, to see what is needed now.',
  });
}

async function isWanted(
  aws: AwsCli,
  steps: readonly SettingStep[],
  isConfirmed: boolean,
  { interruption }: CommandContext,
): Promise<boolean> {
  stderr.write('To be changed in the bucket:\n');
  for (const { why, args } of steps) stderr.write(`  # ${why}\n  ${aws.commandFor(args)}\n`);
  return isConfirmed || (await new Prompt(stderr, interruption).ask("Type 'yes' to change it: ")) === 'yes';
}

async function takeSteps(aws: AwsCli, steps: readonly SettingStep[]): Promise<Finding[]> {
  const failures: Finding[] = [];
  for (const step of steps) {
    const failure = await takeStep(aws, step);
    if (failure !== undefined) failures.push(failedBy(`set ${step.what}`, failure));
  }
  return failures;
}
