// The bytes of encryption keys, and every way to them: as a descriptor for `aws`, as text for the escrow and for a new
// config, as an HMAC. The linter names the files that may import this.
import { createHmac } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openMemoryFile } from './memory-file.js';

/** An `EncryptionKey`. */
interface Key {
  readonly isEncryptionKey: true;
}

const bytesOfKeys = new WeakMap<Key, Buffer>();

/** Called by the constructor of `EncryptionKey` alone. */
export function keepBytes(encryptionKey: Key, bytes: Buffer): void {
  bytesOfKeys.set(encryptionKey, bytes);
}

function bytesIn(encryptionKey: Key): Buffer {
  const bytes = bytesOfKeys.get(encryptionKey);
  if (bytes === undefined) throw new Error('not an encryption key');
  return bytes;
}

/**
 * Writes the key into an unlinked 0600 file in memory, which any number of children can read: each open of /dev/fd/N
 * starts at offset 0. A pipe does not work: Node's are socket pairs, which can't be opened as /dev/fd/N.
 * @returns a descriptor, which the caller closes
 * @throws {BackupError} if there is no writable file system in memory
 */
export function openKeyDescriptor(encryptionKey: Key): number {
  return openMemoryFile((descriptor) => writeSync(descriptor, bytesIn(encryptionKey)));
}

/** The secret itself. */
export function textOfKey(encryptionKey: Key): string {
  return bytesIn(encryptionKey).toString('utf8');
}

/** An HMAC (SHA-256) of `text` under the key. */
export function hmacByKey(encryptionKey: Key, text: string): Buffer {
  return createHmac('sha256', bytesIn(encryptionKey)).update(text).digest();
}
