// Unlinked files in memory, for what must never be written to a disk.
import { closeSync, constants, openSync, statfsSync } from 'node:fs';
import { BackupError } from '../cli/errors.js';

/** Linux's O_TMPFILE, which Node does not name: creates a file without a name. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
/** statfs(2) types of file systems in memory: tmpfs and ramfs. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/**
 * Opens a new file, mode 0600, for reading and appending.
 * @param prepare if it throws, the next file system is tried
 * @returns a descriptor, which the caller closes
 * @throws {BackupError} if there is no writable file system in memory
 */
export function openMemoryFile(prepare: (descriptor: number) => void = () => undefined): number {
  for (const directory of ['/dev/shm', process.env['XDG_RUNTIME_DIR'], '/run']) {
    if (directory === undefined || directory === '') continue;
    let descriptor: number | undefined;
    try {
      if (!IN_MEMORY.has(statfsSync(directory).type)) continue;
      descriptor = openSync(directory, O_TMPFILE | constants.O_RDWR | constants.O_APPEND, 0o600);
      prepare(descriptor);
      return descriptor;
    } catch {
      // Full, or not writable for this user.
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
  throw new BackupError('No file system in memory can hold the encryption key.', {
    hint: 'Mount a tmpfs on /dev/shm that this user may write to and that is not full.',
  });
}
