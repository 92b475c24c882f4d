// Encryption keys. Nothing prints them.
import { createHash, randomInt } from 'node:crypto';
import { BackupError } from '../cli/errors.js';
import { hmacByKey, keepBytes } from './key-bytes.js';
import { md5 } from './md5.js';

/** S3 takes AES-256 keys only. */
export const KEY_BYTES = 32;

/** An SSE-C key. It prints as `[redacted]`, however it is printed; key-bytes.ts holds its bytes. */
export class EncryptionKey {
  /** Keeps other objects from having this type. */
  readonly isEncryptionKey = true;

  /** @throws {BackupError} unless `key` is 32 bytes of UTF-8 */
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

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A random key of letters and digits, which needs no quoting anywhere: 190 bits. */
export function newEncryptionKey(): EncryptionKey {
  const characters = Array.from({ length: KEY_BYTES }, () => CHARACTERS[randomInt(CHARACTERS.length)]);
  return new EncryptionKey(characters.join(''));
}

/** The key that the escrow is encrypted with: the hex digits of the easy key's MD5, as in the original scripts. */
export function keyOfEasyKey(easyKey: string): EncryptionKey {
  return new EncryptionKey(md5(Buffer.from(easyKey, 'utf8')));
}

/**
 * 16 hexadecimal digits of a hash of an HMAC: different for different encryption keys, and of no use to guess one. It is
 * stored encrypted, in records only.
 */
export function fingerprintOf(encryptionKey: EncryptionKey): string {
  const mac = hmacByKey(encryptionKey, 'encrypted-s3-backup key fingerprint');
  return createHash('sha256').update(mac).digest('hex').slice(0, 16);
}
