import { BackupError } from '../../cli/errors.js';
import type { BucketAccess } from '../arguments/bucket-arguments.js';
import { type AwsErrorKind, hintOfAwsError, kindOfAwsError, parseFailure } from './error-kinds.js';
import { lacksPermission } from './failed-call.js';

/** A failed call of the AWS CLI. `message` holds the AWS CLI's message, on one line. */
export class AwsError extends BackupError {
  readonly kind: AwsErrorKind;
  /** The AWS CLI's message. */
  readonly detail: string;
  /** True if S3 denies the call and names no reason but a missing permission. */
  readonly lacksPermission: boolean;

  /**
   * @param args of the failed call
   * @param stderr of the AWS CLI; the message has its last lines
   */
  constructor(args: readonly string[], exitCode: number, stderr: string, access: BucketAccess) {
    const refused = refusedArgument(stderr, args);
    const detail = refused?.detail || lastLines(stderr) || `exit code ${exitCode}, without a message`;
    super(`aws CLI command failed; aborting! aws ${args[0]} ${args[1]}: ${detail}`, {
      hint: refused?.hint ?? hintOfAwsError(stderr, access),
    });
    this.name = 'AwsError';
    this.kind = kindOfAwsError(stderr);
    this.detail = detail;
    this.lacksPermission = lacksPermission(parseFailure(stderr));
  }
}

/** For an argument that the AWS CLI refuses: its message, which follows the usage, and the argument's value. */
function refusedArgument(
  stderr: string,
  args: readonly string[],
): { detail: string; hint: string | undefined } | undefined {
  const said = /^aws: (?:error|\[ERROR\]): (?!An error occurred \(\w+\) when calling).*/ims.exec(stderr)?.[0];
  if (said === undefined) return undefined;
  const name = /argument (--[\w-]+): /.exec(said)?.[1];
  const value = name !== undefined && args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const given = value === undefined ? '' : ` (it was given "${value}")`;
  return {
    detail: linesOf(said).join(' / ').replaceAll(/\s+/g, ' ').slice(0, 1000) + given,
    hint:
      name === '--storage-class'
        ? 'Correct AWS_STORAGE_CLASS in the config, or update the AWS CLI if it is too old to know that class.'
        : undefined,
  };
}

function lastLines(stderr: string): string {
  return linesOf(stderr).slice(-3).join(' / ').slice(-1000);
}

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

/** @throws {BackupError} with `hint` if `action` lacks a permission */
export async function explainDenial<T>(hint: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof AwsError) || !error.lacksPermission) throw error;
    throw new BackupError(error.message, { hint, cause: error });
  }
}
