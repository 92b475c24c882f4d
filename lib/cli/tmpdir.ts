// Temporary files and folders of a command, in TMPDIR.
import { closeSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import tmp from 'tmp';
import { BackupError, describeError } from './errors.js';

/**
 * Calls `work` with a new folder, mode 0700, and removes the folder afterwards.
 * @throws {BackupError} if it can't be created
 */
export async function withPrivateFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const { name, removeCallback } = make('folder', (options) =>
    tmp.dirSync({ ...options, mode: 0o700, unsafeCleanup: true }),
  );
  try {
    return await work(name);
  } finally {
    removeCallback();
  }
}

/**
 * Calls `work` with the descriptor of a new file without a name, for decrypted content on its way to standard output:
 * nobody can open it, and nothing is left of it even if this process is killed.
 * @throws {BackupError} if it can't be created
 */
export async function withUnlinkedFile<T>(work: (descriptor: number) => Promise<T>): Promise<T> {
  const { name, fd } = make('file', (options) => tmp.fileSync({ ...options, mode: 0o600 }));
  try {
    unlinkSync(name);
    return await work(fd);
  } finally {
    closeSync(fd);
  }
}

function make<T>(what: string, action: (options: tmp.TmpNameOptions) => T): T {
  try {
    return action({ tmpdir: tmpdir(), prefix: 'encrypted-s3' });
  } catch (error) {
    throw new BackupError(`Can't make a temporary ${what} in "${tmpdir()}": ${describeError(error)}.`, {
      hint: 'Set TMPDIR to a folder that this user may write to.',
    });
  }
}
