// How a key gets from here into `aws`: an unlinked 0600 file in memory, inherited as a descriptor.
// A pipe would not do: Node's are socket pairs, which cannot be opened by their /dev/fd path.
import { closeSync, writeSync } from 'node:fs';
import type { EncryptionKey } from './encryption-key.js';
import { bytesOfKey } from './key-bytes.js';
import { openMemoryFile } from './memory-file.js';

/** Descriptor number of the key in the child. */
const KEY_CHILD_DESCRIPTOR = 3;
/** What the AWS CLI is told to read the key from. */
export const KEY_URL = `fileb:///dev/fd/${KEY_CHILD_DESCRIPTOR}`;

/**
 * Puts the key into a nameless file in memory and returns its descriptor, which serves
 * any number of children: each opens it by its /dev/fd path and reads from offset 0.
 * @throws {BackupError} if no writable file system in memory is found.
 */
export function openKeyDescriptor(encryptionKey: EncryptionKey): number {
  return openMemoryFile((descriptor) => writeSync(descriptor, bytesOfKey(encryptionKey)));
}

export function closeKeyDescriptor(descriptor: number): void {
  closeSync(descriptor);
}
