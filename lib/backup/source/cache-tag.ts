// The file by which programs say that its folder is a cache: https://bford.info/cachedir/
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../tree/bytes.js';

export const CACHE_TAG = bytesOf('CACHEDIR.TAG');
/** What it begins with. */
const SIGNATURE = Buffer.from('Signature: 8a477f597d28d172789f06886806bc55');
// Whatever has that name: it leads nowhere else, and nothing is waited for.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Whether a folder's CACHEDIR.TAG is one. What can't be read is none. */
export function isCacheTag(folder: Bytes): boolean {
  try {
    const descriptor = openSync(pathOf(joinPath(folder, CACHE_TAG)), FLAGS);
    try {
      if (!fstatSync(descriptor).isFile()) return false;
      const beginning = Buffer.alloc(SIGNATURE.length);
      readSync(descriptor, beginning);
      return beginning.equals(SIGNATURE);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}
