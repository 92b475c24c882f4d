// One call of the AWS CLI that writes into the stage.
import { IN_UTC } from '../../aws/arguments/download-arguments.js';
import type { AwsAnswer, AwsCall } from '../../aws/aws-call.js';
import { concernsAllFiles, kindOfAwsError } from '../../aws/errors/error-kinds.js';
import type { Stage } from '../destination/stage.js';
import type { RestoreScope } from '../scope.js';

export interface FetchContext extends RestoreScope {
  readonly stage: Stage;
}

/** True if no file can be downloaded. A full disk may have room for smaller files: one that does not fit stops no other. */
export function stopsRestore(stderr: string): boolean {
  return concernsAllFiles(stderr) && kindOfAwsError(stderr) !== 'disk-full';
}

/** The error messages in the answer call the stage by its name. */
export async function runFetch(
  { aws, stage }: FetchContext,
  args: readonly string[],
  call?: AwsCall,
): Promise<AwsAnswer> {
  const answer = await aws.run(args, { ...call, environment: IN_UTC });
  return { ...answer, stderr: stage.held.nameInMessage(answer.stderr) };
}
