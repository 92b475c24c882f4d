// Files outside of the program's own folders: they are replaced and removed only if their marker says that they are ours.
import { closeSync, constants, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupError, describeError, errnoOf, shellQuote } from '../../cli/errors.js';
import { makeFolders } from '../../records/state-folder.js';
import { type OpenPlace, openPlace } from '../../tree/disk/trust/trusted-place.js';
import { replaceFile } from '../../tree/disk/trust/write-file.js';
import { markerOf } from './name.js';

export interface OwnFile {
  readonly path: string;
  readonly text: string;
  /** Whether it is a program. */
  readonly isExecutable: boolean;
}

/**
 * A file that was written for this config.
 * @returns `undefined` if there is none
 * @throws {BackupError} if something else has its name
 */
export function readOwnFile(path: string, configFile: string): string | undefined {
  let descriptor: number | undefined;
  try {
    // A link is not ours: a unit that is masked links to /dev/null.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const text = readFileSync(descriptor, 'utf8');
    if (text.split('\n').includes(markerOf(configFile))) return text;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    if (errnoOf(error) !== 'ELOOP') throw failed('read', path, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  throw new BackupError(`"${path}" is not what this command has written, and stays as it is.`, {
    hint: `Look at it, and move it away if nobody needs it: ls -l ${shellQuote(path)}`,
  });
}

/** @throws {BackupError} if something else has its name */
export async function writeOwnFile({ path, text, isExecutable }: OwnFile, configFile: string): Promise<void> {
  readOwnFile(path, configFile);
  let place: OpenPlace | undefined;
  try {
    makeFolders(dirname(path), 0o755);
    place = openPlace(path);
    // Whatever umask says: there is no secret in it, and other users can see that it is ours.
    await replaceFile(place, (append) => append(text), isExecutable ? 0o755 : 0o644);
  } catch (error) {
    throw failed('written', path, error);
  } finally {
    if (place !== undefined) closeSync(place.folder);
  }
}

/** @throws {BackupError} if something else has its name */
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
