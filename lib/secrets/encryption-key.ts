// The user's encryption key, which nothing prints.
import { BackupError } from '../cli/errors.js';
import { keepBytes } from './key-bytes.js';

/** The length of an SSE-C key in bytes: S3 takes AES-256 only. */
export const KEY_BYTES = 32;

/** An SSE-C key. It prints `[redacted]` however it is printed; its bytes are in key-bytes.ts. */
export class EncryptionKey {
  /** No other object passes for a key. */
  readonly isEncryptionKey = true;

  /** @throws {BackupError} unless `key` is exactly 32 bytes in UTF-8. */
  constructor(key: string) {
    const bytes = Buffer.from(key, 'utf8');
    if (bytes.length !== KEY_BYTES) {
      throw new BackupError(
        `The encryption key must be exactly ${KEY_BYTES} bytes long, but it has ${bytes.length}.`,
      );
    }
    keepBytes(this, bytes);
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
