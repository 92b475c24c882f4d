// Which keys name a place below the destination. Anybody who may write to the bucket may choose a key.
import type { Bytes } from '../../tree/bytes.js';

/** In bytes: longer names are refused by the file systems of Linux. */
export const LONGEST_NAME = 255;

/** Whether the key, which may end in a `/`, is a path below a folder, and the only way to write that path. */
export function isSafeKey(key: Bytes): boolean {
  const names = (key.endsWith('/') ? key.slice(0, -1) : key).split('/');
  return names.every(
    (name) =>
      name !== '' && name !== '.' && name !== '..' && name.length <= LONGEST_NAME && !name.includes('\0'),
  );
}

/**
 * Patterns of `aws s3 sync --exclude` for keys that are not safe, however many: the AWS CLI would take `a//b` for
 * `a/b`. (Names that are too long it fails to write.)
 */
export const UNSAFE_KEYS = [
  '[/]*',
  '*/',
  '*//*',
  '[.]',
  '[.]/*',
  '*/.',
  '*/./*',
  '[.].',
  '[.]./*',
  '*/..',
  '*/../*',
];
