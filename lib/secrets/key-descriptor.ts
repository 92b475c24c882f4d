// How an encryption key reaches `aws`: as an inherited descriptor of an unlinked 0600 file in memory. A pipe does not work:
// Node's are socket pairs, which can't be opened as /dev/fd/N.
import { writeSync } from 'node:fs';
import type { EncryptionKey } from './encryption-key.js';
import { bytesOfKey } from './key-bytes.js';
import { openMemoryFile } from './memory-file.js';

/** The URL that the AWS CLI reads the key from; 3 is the descriptor's number in the child. */
export const KEY_URL = 'fileb:///dev/fd/3';

/**
 * Writes the key into a file in memory. Any number of children can read it: each open of /dev/fd/N starts at offset 0.
 * @returns a descriptor, which the caller closes
 * @throws {BackupError} if there is no writable file system in memory
 */
export function openKeyDescriptor(encryptionKey: EncryptionKey): number {
  return openMemoryFile((descriptor) => writeSync(descriptor, bytesOfKey(encryptionKey)));
}
