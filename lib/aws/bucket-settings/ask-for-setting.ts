// Asks a bucket for one of its settings.
import { BackupError } from '../../cli/errors.js';
import { NEWER_MODEL } from '../aws-call.js';
import type { AwsCli } from '../aws-cli.js';
import type { AwsError } from '../errors/aws-error.js';
import { kindOfAwsError, parseFailure } from '../errors/error-kinds.js';

/** A setting, or why it is unknown: the server does not implement it, or the profile's user may not read it. */
export type Asked<T> = { readonly value: T } | { readonly unknown: Pick<AwsError, 'kind' | 'detail'> };

const UNTOLD = { kind: 'other', detail: 'the answer does not say' } as const;

/** Parses JSON; '' is an empty answer. @throws {BackupError} for other text, which a wrapper of `aws` may print */
export function parseAnswer<T extends object>(text: string): T {
  if (text.trim() === '') return {} as T;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // Thrown below.
  }
  if (typeof answer === 'object' && answer !== null) return answer as T;
  throw new BackupError('"aws" did not print the JSON that it was asked for.', {
    hint: 'If "aws" is a script around the AWS CLI, it must print nothing of its own on standard output.',
  });
}

/**
 * @param parse returns `undefined` for an answer that does not say
 * @param absent S3's error code for a bucket without the setting, and the value to assume then
 */
export async function askForSetting<T>(
  aws: AwsCli,
  args: readonly string[],
  parse: (stdout: string) => T | undefined,
  absent?: { readonly code: string; readonly value: T },
): Promise<Asked<T>> {
  // An AWS CLI that does not know BlockedEncryptionTypes would not print them.
  const answer = await aws.run(args, { environment: NEWER_MODEL });
  if (answer.exitCode === 0) {
    const value = parse(answer.stdout);
    return value === undefined ? { unknown: UNTOLD } : { value };
  }
  const isAbsent =
    absent !== undefined &&
    (kindOfAwsError(answer.stderr) === 'no-message'
      ? await isAnswered(aws, args, absent.code)
      : parseFailure(answer.stderr).code === absent.code);
  return isAbsent ? { value: absent.value } : { unknown: aws.errorOf(args, answer) };
}

/**
 * True if the error has this code. For an error without a message, as Ceph sends it, only debugging output shows the
 * code. "No rules" must not be confused with "denied", or rules of others would be lost. The call has no encryption
 * key.
 */
async function isAnswered(aws: AwsCli, args: readonly string[], code: string): Promise<boolean> {
  let isFound = false;
  const onErrorLine = (line: string) => {
    if (line.includes(`<Code>${code}</Code>`)) isFound = true;
  };
  await aws.run([...args, '--debug'], { onErrorLine });
  return isFound;
}
