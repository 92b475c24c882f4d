import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupError } from '../../cli/errors.js';
import { formatBytes } from '../../cli/units/quantities.js';

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
