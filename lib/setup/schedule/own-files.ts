// Files outside the program's own folders. They are replaced or removed only if they have the program's marker.
import { closeSync, constants, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupError, describeError, errnoOf, shellQuote } from '../../cli/errors.js';
import { makeFolders } from '../../records/state-folder.js';
import { type OpenPlace, openPlace } from '../../tree/disk/trust/trusted-place.js';
import { replaceFile } from '../../tree/disk/trust/write-file.js';

/** The line that marks a file which `encrypted-s3 schedule` wrote for a config, and may replace and remove. */
export function markerOf(configFile: string): string {
  return `# Written by encrypted-s3. To remove it: encrypted-s3 schedule --remove -- ${shellQuote(configFile)}`;
}

export interface OwnFile {
  readonly path: string;
  readonly text: string;
  /** Whether it is a program. */
  readonly isExecutable: boolean;
}

/**
 * Reads a file that was written for this config.
 * @returns `undefined` if there is none
 * @throws {BackupError} if a file of another origin has its name
 */
export function readOwnFile(path: string, configFile: string): string | undefined {
  let descriptor: number | undefined;
  try {
    // A link is not the program's: a masked unit is a link to /dev/null.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const text = readFileSync(descriptor, 'utf8');
    if (text.split('\n').includes(markerOf(configFile))) return text;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    if (errnoOf(error) !== 'ELOOP') throw failed('read', path, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  throw new BackupError(`"${path}" was not written by this command, and is not changed.`, {
    hint: `Look at it, and move it away if nobody needs it: ls -l ${shellQuote(path)}`,
  });
}

/** @throws {BackupError} if a file of another origin has its name */
export async function writeOwnFile({ path, text, isExecutable }: OwnFile, configFile: string): Promise<void> {
  readOwnFile(path, configFile);
  let place: OpenPlace | undefined;
  try {
    makeFolders(dirname(path), 0o755);
    place = openPlace(path);
    // Whatever the umask: it has no secret, and other users should see whose it is.
    await replaceFile(place, (append) => append(text), isExecutable ? 0o755 : 0o644);
  } catch (error) {
    throw failed('written', path, error);
  } finally {
    if (place !== undefined) closeSync(place.folder);
  }
}

/** @throws {BackupError} if a file of another origin has its name */
export function removeOwnFile(path: string, configFile: string): void {
  if (readOwnFile(path, configFile) === undefined) return;
  try {
    rmSync(path);
  } catch (error) {
    throw failed('removed', path, error);
  }
}

function failed(what: string, path: string, error: unknown): unknown {
  if (errnoOf(error) === undefined) return error;
  return new BackupError(`"${path}" can't be ${what}: ${describeError(error)}.`, {
    hint: 'Run this command as the user that the backup runs as: as root, for a file in /etc.',
    cause: error,
  });
}
