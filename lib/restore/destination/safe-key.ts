// Which keys name a place below the destination. Anybody who may write to the bucket can choose a key.
import { type Bytes, isPath } from '../../tree/bytes.js';

/** In bytes: the file systems of Linux refuse longer names. */
export const LONGEST_NAME = 255;

/** True for a path below a folder, in the only spelling of that path. It may end in a `/`. */
export function isSafeKey(key: Bytes): boolean {
  return isPath(key) && key.split('/').every((name) => name.length <= LONGEST_NAME);
}

/**
 * Patterns of `aws s3 sync --exclude` for all keys that are not safe: the AWS CLI would write `a//b` as `a/b`. (It
 * fails to write names that are too long.)
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
