// The paths that a user gives to commands with a config.
import { relative, resolve } from 'node:path';
import { BackupError } from '../cli/errors.js';

/**
 * The path of a file or folder relative to LOCAL_DIR, without `.` and `..`.
 * @param given relative, or as it is on disk
 */
export function pathInLocalDir(given: string, localDir: string): string {
  const path = relative(localDir, resolve(localDir, given));
  if (path !== '..' && !path.startsWith('../')) return path;
  throw new BackupError(`"${given}" is not in LOCAL_DIR "${localDir}".`, {
    hint: 'Give the path relative to LOCAL_DIR.',
  });
}
