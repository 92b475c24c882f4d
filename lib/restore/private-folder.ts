import { tmpdir } from 'node:os';
import tmp from 'tmp';
import { BackupError, describeError } from '../cli/errors.js';

/**
 * Calls `work` with a new folder in TMPDIR, 0700, for its notes, and removes the folder afterwards.
 * @throws {BackupError} if it can't be made
 */
export async function withPrivateFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  let folder: tmp.DirResult;
  try {
    folder = tmp.dirSync({ tmpdir: tmpdir(), prefix: 'encrypted-s3', mode: 0o700, unsafeCleanup: true });
  } catch (error) {
    throw new BackupError(`No temporary folder can be made in "${tmpdir()}": ${describeError(error)}.`, {
      hint: 'Set TMPDIR to a folder that this user may write to.',
    });
  }
  try {
    return await work(folder.name);
  } finally {
    folder.removeCallback();
  }
}
