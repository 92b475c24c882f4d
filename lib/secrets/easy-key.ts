import { createHash } from 'node:crypto';
import { EncryptionKey } from './encryption-key.js';

/** The key that an easy-to-remember one stands for: the hex digits of its MD5, as the original makes it. */
export function keyOfEasyKey(easyKey: string): EncryptionKey {
  return new EncryptionKey(createHash('md5').update(easyKey, 'utf8').digest('hex'));
}
