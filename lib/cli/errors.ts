import { exitCode } from './exit-codes.js';

/**
 * A failure in words for the user: `message` says what happened and where, `hint` what to do next. Neither may hold a
 * secret. Whatever else is thrown is reported as a defect of this program. What is meant to be several lines is given as
 * such: a name may hold a newline, and must not look like a line of ours.
 */
export class BackupError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;
  readonly lines: readonly string[];

  constructor(
    message: string | readonly string[],
    options: { exitCode?: number; hint?: string; cause?: unknown } = {},
  ) {
    const lines = typeof message === 'string' ? [message] : message;
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BackupError';
    this.exitCode = options.exitCode ?? exitCode.failed;
    this.hint = options.hint;
    this.lines = lines;
  }
}

/** What `work` gives, or its failure, if that is one in words for the user. @throws whatever else it throws */
export async function orFailure<T>(work: Promise<T>): Promise<T | BackupError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BackupError) return error;
    throw error;
  }
}

/** A signal ends this process. */
export class InterruptedError extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`);
    this.name = 'InterruptedError';
    this.signal = signal;
  }
}

/** The `errno` name (`ENOENT`, `EACCES`, …) of a system error, or `undefined`. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EEXIST: 'it exists already',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  ENOTEMPTY: 'the folder is not empty',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ENOSYS: 'the file system does not have that',
  EOPNOTSUPP: 'the file system does not have that',
  ENOTSUP: 'the file system does not have that',
};

/** A name as the shell takes it, for the commands in hints. */
export function shellQuote(name: string): string {
  return /^[A-Za-z0-9_./+:@%=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** A system error in words, for messages. */
export function describeError(error: unknown): string {
  const errno = errnoOf(error);
  return (errno && WORDS[errno]) ?? errno ?? String(error);
}
