import { randomInt } from 'node:crypto';
import { EncryptionKey, KEY_BYTES } from './encryption-key.js';

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A random key of letters and digits, which needs no quoting anywhere: 190 bits. */
export function newEncryptionKey(): EncryptionKey {
  const characters = Array.from({ length: KEY_BYTES }, () => CHARACTERS[randomInt(CHARACTERS.length)]);
  return new EncryptionKey(characters.join(''));
}
