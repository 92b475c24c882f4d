// One call of the AWS CLI that writes into the stage.
import { IN_UTC } from '../../aws/arguments/download-arguments.js';
import type { AwsAnswer, AwsCall } from '../../aws/aws-cli.js';
import type { AwsErrorKind } from '../../aws/error-kinds.js';
import type { Stage } from '../destination/stage.js';
import type { RestoreScope } from '../scope.js';

export interface FetchContext extends RestoreScope {
  readonly stage: Stage;
}

/** These fail every file. Any other failure may concern one file, and stops no other: a full disk may have room for smaller ones. */
export const FATAL_KINDS: ReadonlySet<AwsErrorKind> = new Set([
  'unreachable',
  'tls',
  'clock',
  'no-profile',
  'no-credentials',
  'bad-credentials',
  'wrong-region',
]);

/** The error messages in the answer call the stage by its name. */
export async function runFetch(
  { aws, stage, encryptionKey }: FetchContext,
  args: readonly string[],
  call?: AwsCall,
): Promise<AwsAnswer> {
  const answer = await aws.run(args, { ...call, encryptionKey, environment: IN_UTC });
  return { ...answer, stderr: stage.held.nameInMessage(answer.stderr) };
}
