// The bytes of encryption keys. The linter lets only those files import this that hand a key to `aws` or write the escrow.

/** An `EncryptionKey`. */
interface Key {
  readonly isEncryptionKey: true;
}

const bytesOfKeys = new WeakMap<Key, Buffer>();

/** Called by the constructor of `EncryptionKey` alone. */
export function keepBytes(encryptionKey: Key, bytes: Buffer): void {
  bytesOfKeys.set(encryptionKey, bytes);
}

/** The secret itself, 32 bytes. */
export function bytesOfKey(encryptionKey: Key): Buffer {
  const bytes = bytesOfKeys.get(encryptionKey);
  if (bytes === undefined) throw new Error('not an encryption key');
  return bytes;
}
