// The folder that is restored to: inspected before anything is written, and made when everything else is known.
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { formatBytes } from '../../cli/units/quantities.js';
import { HeldFolder } from './held-folder.js';
import { holdsOnlyStages } from './stage.js';
import { assertTrustedPath } from './trusted-way.js';

/** The destination before it is made. */
export interface DestinationPath {
  /** Absolute. */
  readonly path: string;
  /** The destination if it exists, otherwise the nearest folder above it that does. Held open from now on. */
  readonly existing: HeldFolder;
  /** True if nothing is there but what earlier restores have left. */
  readonly isEmpty: boolean;
}

/** What the user allows. */
export interface DestinationRights {
  /** Whether files in the destination may be replaced. */
  readonly overwrites: boolean;
  /** Whether files may be restored beside those that are there. */
  readonly fills?: boolean;
  /** Whether root may restore to a folder that other users could redirect. */
  readonly trustsDestination: boolean;
}

/**
 * Looks at the destination, and changes nothing.
 * @throws {BackupError} if this user can't write there, if others could redirect root, or if it holds files and may
 * not be overwritten
 */
export function inspectDestination(destination: string, rights: DestinationRights): DestinationPath {
  // A script may pass a variable that is not set.
  if (destination === '') throw new BackupError('The destination is empty: name a folder.');
  const path = resolve(destination);
  const folder = existingFolder(path);
  try {
    if (!statSync(folder).isDirectory()) {
      throw new BackupError(`Can't restore to "${path}": "${folder}" is not a folder.`);
    }
    accessSync(folder, constants.W_OK | constants.X_OK | constants.R_OK);
    if (folder !== path && isDanglingLink(path)) {
      throw new BackupError(`"${path}" is a link that leads nowhere.`);
    }
    if (!rights.trustsDestination) assertTrustedPath(folder, path, folder === path);
    const existing = new HeldFolder(realpathSync(folder), folder);
    const isEmpty = folder !== path || holdsOnlyStages(readdirSync(existing.path));
    if (isEmpty || rights.overwrites || rights.fills === true) return { path, existing, isEmpty };
  } catch (error) {
    throw cannotWriteError(path, error);
  }
  throw new BackupError(`"${path}" is not empty.`, {
    hint: 'Choose a new or empty folder; or add --overwrite, which replaces the files in it that differ, and leaves others alone.',
  });
}

/**
 * @param bytes that the restore still has to write
 * @throws {BackupError} if the disk has less space left for this user
 */
export function assertDiskSpace(
  { path, existing }: Pick<DestinationPath, 'path' | 'existing'>,
  bytes: number,
): void {
  const { bavail, blocks, bsize } = statfsSync(existing.path);
  const free = bavail * bsize;
  // A file system of no blocks at all does not tell its size, as some drivers of FUSE.
  if (bytes <= free || blocks === 0) return;
  throw new BackupError(
    `"${path}" has no room for the restore: it needs ${formatBytes(bytes)}, and ${formatBytes(free)} are free.`,
    { hint: 'Make room, choose another destination, or restore one folder at a time. Nothing was written.' },
  );
}

/**
 * Makes the destination for its owner alone: the mode of the folder that was backed up may have hidden its content.
 * @throws {BackupError} if it can't be made, or somebody else has made it since it was inspected
 */
export function makeDestination({ path, existing }: DestinationPath): HeldFolder {
  try {
    const missing = relative(existing.name, path).split('/').filter(Boolean);
    return missing.reduce(
      (above, name, index) => above.make(name, index === missing.length - 1 ? 0o700 : 0o777),
      existing,
    );
  } catch (error) {
    throw cannotWriteError(path, error);
  }
}

/** The folder itself, or the nearest one above it that exists: on the file system where the missing ones will be. */
export function existingFolder(folder: string): string {
  return existsSync(folder) ? folder : existingFolder(dirname(folder));
}

/** A system error in words; any other error as it is. */
export function cannotWriteError(path: string, error: unknown): unknown {
  if (errnoOf(error) === undefined || !(error instanceof Error) || !('syscall' in error)) return error;
  return new BackupError(`"${path}" can't be written to: ${describeError(error)}.`, {
    hint: 'Choose a destination that this user may write to, and that has room.',
  });
}

function isDanglingLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
