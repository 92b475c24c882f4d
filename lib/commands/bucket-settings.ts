// Checks the bucket's settings and, if the user wants that, corrects them first.
import { stderr } from 'node:process';
import type { AwsCli } from '../aws/aws-cli.js';
import { fetchBucketSettings } from '../aws/bucket-settings/bucket-settings.js';
import { changeSettings } from '../aws/bucket-settings/change-bucket.js';
import type { Retention } from '../aws/bucket-settings/lifecycle.js';
import { planBucketSettings, type SettingStep } from '../aws/bucket-settings/plan.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import type { BackupConfig } from '../config/backup-config.js';
import { type Finding, failedBy } from '../health/doctor/finding.js';
import { judgeSettings } from '../health/doctor/settings.js';
import { runFolderKey } from '../records/last-run.js';

export interface Mending {
  /** Whether to change settings that do not suit a backup. */
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
  if (!fixes || steps.length === 0 || !(await isWanted(aws, steps, isConfirmed, context)))
    return judgeSettings(settings, steps, retention, aws);
  const failures: Finding[] = [];
  for await (const { step, failure } of changeSettings(aws, steps, retention))
    if (failure !== undefined) failures.push(failedBy(`set ${step.what}`, failure));
  const after = await fetchBucketSettings(aws);
  const left = planBucketSettings(aws.bucket, after, retention);
  return [...failures, ...judgeSettings(after, left, retention, aws)];
}

/** Rules are only for this backup's objects and records, since the bucket may hold other objects. */
export function retentionOf({ retentionDays, prefix }: BackupConfig): Retention {
  return { days: retentionDays, prefixes: prefix === '' ? [''] : [prefix, runFolderKey(prefix)] };
}

async function isWanted(
  aws: AwsCli,
  steps: readonly SettingStep[],
  isConfirmed: boolean,
  { interruption }: CommandContext,
): Promise<boolean> {
  const prompt = new Prompt(stderr, interruption);
  const commands = steps.map(({ why, args }) => `  # ${why}\n  ${aws.commandFor(args)}\n`);
  const words = `To be changed in the bucket:\n${commands.join('')}`;
  if (isConfirmed) prompt.say(words);
  else prompt.show(words);
  return isConfirmed || (await prompt.ask("Type 'yes' to change it: ")) === 'yes';
}
