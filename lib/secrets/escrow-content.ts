// The text of the escrow, the same as the original scripts'. It holds the encryption key.
import { BackupError } from '../cli/errors.js';
import { EncryptionKey } from './encryption-key.js';
import { bytesOfKey } from './key-bytes.js';

/** One line. Secret. */
export function escrowContent(encryptionKey: EncryptionKey): string {
  return `#_ORIGINAL_KEY='${bytesOfKey(encryptionKey).toString('utf8')}' # original backup encryption key\n`;
}

/** The encryption key in the escrow's text. @throws {BackupError} if there is none, or it is not 32 bytes */
export function keyInEscrow(content: string): EncryptionKey {
  const [, key] = /^#_ORIGINAL_KEY='([\s\S]*)' # /.exec(content) ?? [];
  if (key === undefined) {
    throw new BackupError('The escrow does not have the form of a backup key.', {
      hint: 'See what encrypted-s3-download-key prints, and give the key by hand.',
    });
  }
  return new EncryptionKey(key);
}
