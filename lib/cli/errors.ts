import { exitCode } from './exit-codes.js';

/**
 * A failure in words for the user: `message` says what happened and where, `hint` what to do next. Neither may hold a
 * secret. Any other exception is reported as a defect of this program. A message of several lines is an array: a
 * newline in a string may come from a file's name, and is escaped.
 */
export class BackupError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;
  readonly lines: readonly string[];

  constructor(
    message: string | readonly string[],
    options: { exitCode?: number; hint?: string | undefined; cause?: unknown } = {},
  ) {
    const lines = typeof message === 'string' ? [message] : message;
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BackupError';
    this.exitCode = options.exitCode ?? exitCode.failed;
    this.hint = options.hint;
    this.lines = lines;
  }
}

/** The result of `work`, or the `BackupError` that it throws. @throws any other error of `work` */
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
  /** What remains and how to continue; `undefined` for what the command says by default. */
  readonly remains: string | undefined;

  constructor(signal: NodeJS.Signals, remains?: string) {
    super(`ended by ${signal}`);
    this.name = 'InterruptedError';
    this.signal = signal;
    this.remains = remains;
  }
}

/** @param remains after a signal during `work`, with how to continue; shown on a terminal only */
export async function ifInterrupted<T>(remains: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof InterruptedError ? new InterruptedError(error.signal, remains) : error;
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
  ELOOP: 'links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENOTEMPTY: 'the folder is not empty',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ENOSYS: 'the file system does not have that',
  EOPNOTSUPP: 'the file system does not have that',
  ENOTSUP: 'the file system does not have that',
};

/** A system error in words, for messages. */
export function describeError(error: unknown): string {
  const errno = errnoOf(error);
  return (errno && WORDS[errno]) ?? errno ?? String(error);
}

/** Quotes a name for the shell, for the commands in hints. */
export function shellQuote(name: string): string {
  return /^[A-Za-z0-9_./+:@%=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
