import { type Bytes, bytesOf } from '../../tree/bytes.js';
import { keyBehindLink } from '../../tree/disk/is-gone.js';
import type { Backup } from '../backup.js';

/**
 * True for the copy of a file that was stored below a followed link, and that is backed up under its own name in
 * LOCAL_DIR. What a link leads to anywhere else is in no backup once its copy is deleted.
 */
export function isStoredElsewhere({ localDir, isExcluded }: Backup, key: Bytes): boolean {
  const own = keyBehindLink(bytesOf(localDir), key);
  return own !== undefined && own !== key && !isExcluded(own);
}
