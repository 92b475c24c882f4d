// How a key gets from here into `aws`: an unlinked 0600 file in memory, inherited as a descriptor.
// A pipe would not do: Node's are socket pairs, which cannot be opened by their /dev/fd path.
import { closeSync, constants, openSync, statfsSync, writeSync } from 'node:fs';
import type { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';

/** Linux's O_TMPFILE, which Node does not name: a file that never has a name. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
/** statfs(2) types of file systems that live in memory: tmpfs and ramfs. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/** Descriptor number of the key in the child. */
const KEY_CHILD_DESCRIPTOR = 3;
/** What the AWS CLI is told to read the key from. */
export const KEY_URL = `fileb:///dev/fd/${KEY_CHILD_DESCRIPTOR}`;

/**
 * Puts the key into a nameless file in memory and returns its descriptor, which serves
 * any number of children: each opens it by its /dev/fd path and reads from offset 0.
 * @throws {BackupError} if no writable file system in memory is found.
 */
export function openKeyDescriptor(key: EncryptionKey): number {
  for (const directory of ['/dev/shm', process.env['XDG_RUNTIME_DIR'], '/run']) {
    if (directory === undefined || directory === '') continue;
    let descriptor: number | undefined;
    try {
      if (!IN_MEMORY.has(statfsSync(directory).type)) continue;
      descriptor = openSync(directory, O_TMPFILE | constants.O_RDWR, 0o600);
      writeSync(descriptor, key.bytes());
      return descriptor;
    } catch {
      // Not writable for us, or full: perhaps the next one.
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
  throw new BackupError('There is no file system in memory to hand the encryption key to the AWS CLI.', {
    hint: 'Mount a tmpfs on /dev/shm that this user may write to and that is not full.',
  });
}

export function closeKeyDescriptor(descriptor: number): void {
  closeSync(descriptor);
}
