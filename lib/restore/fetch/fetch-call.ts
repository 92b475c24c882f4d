// One call of the AWS CLI that writes into the stage.
import { IN_UTC } from '../../aws/arguments/download-arguments.js';
import type { AwsAnswer, AwsCall } from '../../aws/aws-call.js';
import { concernsAllFiles, kindOfAwsError } from '../../aws/errors/error-kinds.js';
import type { Stage } from '../destination/stage.js';
import type { RestoreScope } from '../scope.js';

export interface FetchContext extends RestoreScope {
  readonly stage: Stage;
}

/** True if no file can be downloaded. A full disk does not stop others, since smaller files may fit. */
export function stopsRestore(stderr: string): boolean {
  return concernsAllFiles(stderr) && kindOfAwsError(stderr) !== 'disk-full';
}

/** Runs a call; its error messages show the stage's name instead of its path. */
export async function runFetch(
  { aws, stage }: FetchContext,
  args: readonly string[],
  call?: AwsCall,
): Promise<AwsAnswer> {
  const answer = await aws.run(args, { ...call, environment: IN_UTC });
  return { ...answer, stderr: stage.held.nameInMessage(answer.stderr) };
}
