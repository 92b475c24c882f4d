import type { AwsCli } from '../aws-cli.js';
import type { AwsError } from '../aws-error.js';
import { kindOfAwsError } from '../error-kinds.js';
import { NEWER_MODEL } from '../newer-model.js';
import type { SettingStep } from './plan.js';

/** Changes a setting of the bucket. @returns why it has failed; `undefined` if it is done */
export async function takeStep(aws: AwsCli, { args }: SettingStep): Promise<AwsError | undefined> {
  let answer = await aws.run(args);
  if (kindOfAwsError(answer.stderr) === 'unknown-parameter')
    answer = await aws.run(args, { environment: NEWER_MODEL });
  return answer.exitCode === 0 ? undefined : aws.errorOf(args, answer);
}
