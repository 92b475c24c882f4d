// A permission that is missing, told by its name.

import { BackupError } from '../errors.js';
import { AwsError } from './aws-error.js';

/** @throws {BackupError} with `hint` if S3 says that the user may not do what `action` does */
export async function explainDenial<T>(hint: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof AwsError) || error.kind !== 'access-denied') throw error;
    throw new BackupError(error.message, { hint, cause: error });
  }
}
