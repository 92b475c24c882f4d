// The text of the escrowed object, byte-compatible with the original scripts. It holds the encryption key.
import { BackupError } from '../cli/errors.js';
import { EncryptionKey } from './encryption-key.js';
import { bytesOfKey } from './key-bytes.js';

/** The object's content. Secret: it holds the key. */
export function escrowContent(encryptionKey: EncryptionKey): string {
  return `#_ORIGINAL_KEY='${bytesOfKey(encryptionKey).toString('utf8')}' # original backup encryption key\n`;
}

/** The key in the object's content. @throws {BackupError} if there is none */
export function keyInEscrow(content: string): EncryptionKey {
  const [, key] = /^#_ORIGINAL_KEY='([\s\S]*)' # /.exec(content) ?? [];
  if (key === undefined) {
    throw new BackupError('The escrowed object does not have the form of a backup key.', {
      hint: 'See what encrypted-s3-download-key prints, and give the key by hand.',
    });
  }
  return new EncryptionKey(key);
}
