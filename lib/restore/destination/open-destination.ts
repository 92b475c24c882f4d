// The folder that a tree is restored to.
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupError } from '../../cli/errors.js';
import { formatBytes } from '../../cli/quantities.js';
import { accessSync, constants, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { HeldFolder } from './held-folder.js';
import { isEmptyBut } from './stage.js';
import { assertTrustedPath } from './trusted-way.js';

export interface Destination {
  /** Absolute; it may be still to make. */
  readonly path: string;
  /** The folder on the way to it that is there, held open from now on; itself, if it is. */
  readonly existing: HeldFolder;
  readonly isEmpty: boolean;
}

/**
 * Looks at the destination, and changes nothing.
 * @param isTrusted whether root restores to it, whoever could change it
 * @throws {BackupError} if it can't be written to, if others could lead root elsewhere, or if it holds files and may
 * not be overwritten
 */
export function inspectDestination(
  destination: string,
  overwrites: boolean,
  isTrusted: boolean,
): Destination {
  // What a script passes whose variable is not set.
  if (destination === '') throw new BackupError('The destination is empty: name a folder.');
  const path = resolve(destination);
  const folder = existingFolder(path);
  try {
    if (!statSync(folder).isDirectory()) {
      throw new BackupError(`"${path}" can't be restored to: "${folder}" is not a folder.`);
    }
    accessSync(folder, constants.W_OK | constants.X_OK | constants.R_OK);
    if (folder !== path && isDanglingLink(path)) {
      throw new BackupError(`"${path}" is a link that leads nowhere.`);
    }
    if (!isTrusted) assertTrustedPath(folder, path, folder === path);
    const existing = new HeldFolder(realpathSync(folder), folder);
    if (folder !== path) return { path, existing, isEmpty: true };
    const isEmpty = isEmptyBut(readdirSync(existing.path));
    if (isEmpty || overwrites) return { path, existing, isEmpty };
  } catch (error) {
    throw cannotWrite(path, error);
  }
  throw new BackupError(`"${path}" is not empty.`, {
    hint: 'Choose a new or empty folder; or, with --overwrite, files in it that differ are replaced (others stay).',
  });
}

/**
 * Makes the destination, for its owner alone: what is to be in it may have been out of others' sight, by the mode of
 * its folder.
 * @throws {BackupError} if it can't be made, or somebody else has made it since it was looked at
 */
export function makeDestination({ path, existing }: Destination): HeldFolder {
  try {
    const missing = relative(existing.name, path).split('/').filter(Boolean);
    let folder = existing;
    for (const [index, name] of missing.entries()) {
      folder = folder.make(name, index === missing.length - 1 ? 0o700 : 0o777);
    }
    return folder;
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function isDanglingLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function cannotWrite(path: string, error: unknown): unknown {
  if (errnoOf(error) === undefined) return error;
  return new BackupError(`"${path}" can't be written to: ${describeError(error)}.`, {
    hint: 'Choose a destination that this user may write to.',
  });
}

/**
 * @param destination for the message
 * @param folder on its file system: itself, or one above it while it is still to make
 * @param room bytes
 * @throws {BackupError} if the disk has not that much left for this user
 */
export function assertDiskSpace(destination: string, folder: string, room: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (room <= free) return;
  throw new BackupError(
    `"${destination}" has no room for the restore: it needs ${formatBytes(room)}, and ${formatBytes(free)} are free.`,
    { hint: 'Make room, choose another destination, or restore a folder at a time. Nothing was written.' },
  );
}

/** The nearest folder above that exists: on the same file system as what will be made below it. */
export function existingFolder(folder: string): string {
  return existsSync(folder) ? folder : existingFolder(dirname(folder));
}
