// Checks LOCAL_DIR before a run uses it.
import { isUtf8 } from 'node:buffer';
import { constants, lstatSync } from 'node:fs';
import { access, realpath, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';

const NOT_MOUNTED = 'If a disk should be mounted there, mount it. Nothing was changed in the bucket.';

/**
 * The directory behind LOCAL_DIR. If it is a link, `aws s3 sync --no-follow-symlinks` would back up nothing of it.
 * @throws {BackupError} with exit code 4 unless it is a readable directory whose path is UTF-8
 */
export async function resolveLocalDir(directory: string): Promise<string> {
  let problem: string | undefined;
  try {
    if (!(await stat(directory)).isDirectory()) problem = 'is not a directory';
    else await access(directory, constants.R_OK | constants.X_OK);
  } catch (error) {
    problem = errnoOf(error) === 'ENOENT' ? 'does not exist' : `can't be read (${describeError(error)})`;
  }
  if (problem !== undefined) throw refusal(`LOCAL_DIR "${directory}" ${problem}.`, NOT_MOUNTED);
  // As bytes, since a string would not keep a path that is not UTF-8.
  const real = await realpath(directory, { encoding: 'buffer' });
  if (isUtf8(real)) return real.toString('utf8');
  throw refusal(
    `LOCAL_DIR "${directory}" is a link to a folder whose path is not UTF-8: "${real.toString('utf8')}".`,
    'Rename that folder, or make it visible elsewhere with "mount --bind". Nothing was changed in the bucket.',
  );
}

/** `type:dev:ino` of a directory, where `type` is that of its file system by statfs(2), in hexadecimal digits. */
export async function localDirIdOf(directory: string): Promise<string> {
  const { dev, ino } = await stat(directory, { bigint: true });
  const { type } = await statfs(directory);
  return `${type.toString(16)}:${dev}:${ino}`;
}

/**
 * True if LOCAL_DIR is on another file system than at the last run. A device's number may change at each boot, and a
 * replaced folder has another inode: only a change of both is a proof.
 */
export function isOtherFileSystem(before: string, now: string): boolean {
  const [typeBefore, deviceBefore, inodeBefore] = before.split(':');
  const [type, device, inode] = now.split(':');
  return type !== typeBefore || (device !== deviceBefore && inode !== inodeBefore);
}

/**
 * A file counts as gone only if the directory is still the one that was walked.
 * @throws {BackupError} with exit code 4 if its disk was unmounted meanwhile, or it was replaced
 */
export async function assertSameLocalDir(directory: string, id: string): Promise<void> {
  const now = await localDirIdOf(directory).catch(() => undefined);
  if (now === id) return;
  throw refusal(
    `LOCAL_DIR "${directory}" is no longer the folder that it was when the run began. Nothing was deleted in the bucket.`,
    'If a disk should be mounted there, mount it. Then run the command again.',
  );
}

/**
 * Without a prefix, a folder `backup.info` would collide with the bucket's `backup.info/`.
 * @throws {BackupError} with exit code 4 if LOCAL_DIR has a folder or file of that name
 */
export function assertNoReservedName(directory: string): void {
  const reserved = join(directory, 'backup.info');
  if (lstatSync(reserved, { throwIfNoEntry: false }) === undefined) return;
  throw refusal(
    `"${reserved}" can't be backed up: in the bucket, backup.info/ is reserved for the escrowed key.`,
    'Set REMOTE_DIR_PREFIX in the config, or move it out of LOCAL_DIR.',
  );
}

function refusal(message: string, hint: string): BackupError {
  return new BackupError(message, { exitCode: exitCode.refused, hint });
}
