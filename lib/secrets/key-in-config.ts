import type { EncryptionKey } from './encryption-key.js';
import { bytesOfKey } from './key-bytes.js';

/** The value of ENCRYPTION_KEY in a config. Secret. */
export function keyInConfig(encryptionKey: EncryptionKey): string {
  return bytesOfKey(encryptionKey).toString('utf8');
}
