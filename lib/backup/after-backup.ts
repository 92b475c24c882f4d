import { BackupError } from '../cli/errors.js';

/** A failure of a step that comes after the backup itself. @param what has not been done, as a clause */
export function failureAfterBackup(
  what: string,
  { message, hint, exitCode, cause }: BackupError,
): BackupError {
  const told = `The backup is done, but ${what}. ${message}`;
  return new BackupError(told, { exitCode, cause, ...(hint === undefined ? {} : { hint }) });
}
