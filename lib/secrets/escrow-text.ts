// The text of the escrow, the same as the original scripts'. Secret.
import { BackupError } from '../cli/errors.js';
import { EncryptionKey } from './encryption-key.js';

/** One line. @param key the encryption key as text */
export function escrowText(key: string): string {
  return `#_ORIGINAL_KEY='${key}' # original backup encryption key\n`;
}

/** The encryption key in the escrow's text. @throws {BackupError} if there is none, or it is not 32 bytes */
export function keyInEscrow(text: string): EncryptionKey {
  const [, key] = /^#_ORIGINAL_KEY='([\s\S]*)' # /.exec(text) ?? [];
  if (key === undefined) {
    throw new BackupError('The escrow does not hold a backup key in the expected form.', {
      hint: 'See what encrypted-s3-download-key prints, and enter the key by hand.',
    });
  }
  return new EncryptionKey(key);
}
