// The folder to restore to: inspected before anything is written, and created when the restore is planned.
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

/** The destination before it is created. */
export interface DestinationPath {
  /** Absolute. */
  readonly path: string;
  /** The destination if it exists, otherwise the nearest folder above it that does. Held open from now on. */
  readonly existing: HeldFolder;
  /** True if it does not exist, or contains only the stages of earlier restores. */
  readonly isEmpty: boolean;
}

/** What the user allows a restore to do. */
export interface DestinationRights {
  /** Whether files in the destination may be replaced. */
  readonly overwrites: boolean;
  /** Whether files may be restored beside existing ones. */
  readonly fills?: boolean;
  /** Whether root may restore to a folder that other users could redirect. */
  readonly trustsDestination: boolean;
}

/**
 * Inspects the destination, and changes nothing.
 * @throws {BackupError} if this user can't write there, if others could redirect root, or if it has files and may not
 * be overwritten
 */
export function inspectDestination(destination: string, rights: DestinationRights): DestinationPath {
  // It may come from a variable that is not set.
  if (destination === '') throw new BackupError('The destination is empty: name a folder.');
  const path = resolve(destination);
  const folder = existingFolder(path);
  try {
    if (!statSync(folder).isDirectory()) {
      throw new BackupError(`Can't restore to "${path}": "${folder}" is not a folder.`, {
        hint: 'Choose another destination.',
      });
    }
    accessSync(folder, constants.W_OK | constants.X_OK | constants.R_OK);
    if (folder !== path && isDanglingLink(path)) {
      throw new BackupError(`"${path}" is a link that leads nowhere.`, {
        hint: 'Remove it, or choose another destination.',
      });
    }
    if (!rights.trustsDestination) assertTrustedPath(folder, path, folder === path);
    const existing = new HeldFolder(realpathSync(folder), folder);
    const isEmpty = folder !== path || holdsOnlyStages(readdirSync(existing.path));
    if (isEmpty || rights.overwrites || rights.fills === true) return { path, existing, isEmpty };
  } catch (error) {
    throw cannotWriteError(path, error);
  }
  throw new BackupError(`"${path}" is not empty.`, {
    hint: 'Choose a new or empty folder; or add --overwrite, which replaces only the files that differ.',
  });
}

/**
 * @param bytes that the restore still has to write
 * @throws {BackupError} if the disk has less free space for this user
 */
export function assertDiskSpace(
  { path, existing }: Pick<DestinationPath, 'path' | 'existing'>,
  bytes: number,
): void {
  const { bavail, blocks, bsize } = statfsSync(existing.path);
  const free = bavail * bsize;
  // A file system without blocks, such as some of FUSE, does not report its size.
  if (bytes <= free || blocks === 0) return;
  throw new BackupError(
    `"${path}" has too little space for the restore: it needs ${formatBytes(bytes)}, and ${formatBytes(free)} are free.`,
    {
      hint: 'Free some space, choose another destination, or restore one folder at a time. Nothing was written.',
    },
  );
}

/**
 * Creates the destination with mode 0700, since the folder that was backed up may have been private.
 * @throws {BackupError} if it can't be created, or somebody else has created it since it was inspected
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

/** The folder itself, or the nearest one above it that exists. */
export function existingFolder(folder: string): string {
  return existsSync(folder) ? folder : existingFolder(dirname(folder));
}

/** A system error in words; any other error as it is. */
export function cannotWriteError(path: string, error: unknown): unknown {
  if (errnoOf(error) === undefined || !(error instanceof Error) || !('syscall' in error)) return error;
  return new BackupError(`"${path}" can't be written to: ${describeError(error)}.`, {
    hint: 'Choose a destination that this user may write to, and that has free space.',
  });
}

function isDanglingLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
