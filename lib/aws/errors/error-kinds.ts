// Looks up the AWS CLI's messages in the table.
import type { BucketAccess } from '../arguments/bucket-arguments.js';
import { MEANINGS, type Meaning } from './error-table.js';
import type { FailedCall } from './failed-call.js';

export type AwsErrorKind = (typeof MEANINGS)[number]['kind'] | 'other';

/** A message of the AWS CLI itself that is not in the table concerns one file: it can't be read, for example. */
const OTHER_WORDS: Meaning = { kind: 'other', concerns: 'one file' };
const OTHER_CODE: Meaning = { kind: 'other' };

export function kindOfAwsError(stderr: string): AwsErrorKind {
  return meaningOf(parseFailure(stderr)).kind as AwsErrorKind;
}

/** What to do about an error; `undefined` if that is unknown, or S3's message says it. */
export function hintOfAwsError(stderr: string, access: BucketAccess): string | undefined {
  return hintOf(parseFailure(stderr), access);
}

export function hintOf(failed: FailedCall, access: BucketAccess): string | undefined {
  const { hint } = meaningOf(failed);
  return typeof hint === 'function' ? hint(failed, access) : hint;
}

/** True if the same call may succeed later. */
export function isTransient(stderr: string): boolean {
  return meaningOf(parseFailure(stderr)).isTransient === true;
}

/** True if every other file fails for the same reason. */
export function concernsAllFiles(stderr: string): boolean {
  return meaningOf(parseFailure(stderr)).concerns === 'all files';
}

/** True if other files may succeed: the name is too long, for example, or the file can't be read. */
export function concernsOneFile(stderr: string): boolean {
  return meaningOf(parseFailure(stderr)).concerns === 'one file';
}

/** S3's error code, or else the kind, to compare reasons. */
export function reasonOf(stderr: string): string {
  return parseFailure(stderr).code ?? kindOfAwsError(stderr);
}

/** Parses the first error in `stderr`. */
export function parseFailure(stderr: string): FailedCall {
  const [, code, operation = '', message = ''] =
    /An error occurred \((\w+)\) when calling the (\w+) operation(?: \([^)]*\))?: ?(.*)/.exec(stderr) ?? [];
  return { text: stderr, code, operation, message };
}

function meaningOf({ text, code, operation, message }: FailedCall): Meaning {
  const said = code === undefined ? text : `${code}: ${message}`;
  const fits = ({ codes, operations, says }: Meaning) =>
    (code === undefined ? codes === undefined : codes?.test(code) === true) &&
    operations?.test(operation) !== false &&
    says?.test(said) !== false;
  return MEANINGS.find(fits) ?? (code === undefined ? OTHER_WORDS : OTHER_CODE);
}
