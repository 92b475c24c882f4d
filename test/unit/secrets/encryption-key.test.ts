import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { EncryptionKey, keyOfEasyKey } from '../../../lib/secrets/encryption-key.js';
import { textOfKey } from '../../../lib/secrets/key-bytes.js';

const TEXT = '2TilZUVi0XN99QjBSpdRCKC8xDtLoUsy';

test('a key prints as redacted however it is printed', () => {
  const key = new EncryptionKey(TEXT);
  const printed = [
    `${key}`,
    String(key),
    JSON.stringify({ key }),
    inspect(key),
    inspect({ deep: { key } }, { showHidden: true, depth: 9 }),
    Object.values(key).join(),
    new Error('with a key', { cause: key }).cause,
  ];
  for (const text of printed) assert.equal(String(text).includes(TEXT), false);
  assert.equal(`${key}`, '[redacted]');
});

test('a key is exactly 32 bytes, not characters', () => {
  assert.equal(textOfKey(new EncryptionKey(TEXT)), TEXT);
  for (const wrong of ['', TEXT.slice(1), `${TEXT}x`, `é${TEXT.slice(1)}`]) {
    assert.throws(
      () => new EncryptionKey(wrong),
      (error: Error) =>
        /exactly 32 bytes/.test(error.message) && (wrong === '' || !error.message.includes(wrong)),
    );
  }
  assert.equal(textOfKey(new EncryptionKey(`é${TEXT.slice(2)}`)).length, 31);
});

test('an easy key becomes the hex digits of its MD5', () => {
  // printf %s 'correct horse' | md5sum
  assert.equal(textOfKey(keyOfEasyKey('correct horse')), '3cb4e732631f47e6eb961f34554b7cde');
});
