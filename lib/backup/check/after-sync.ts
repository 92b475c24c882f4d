// Which files one `aws s3 sync` has stored as they were scanned: it has opened them itself, so the disk is looked at again.
import { lstatSync, statSync } from 'node:fs';
import type { StoredObject } from '../../aws/listing.js';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../tree/bytes.js';
import type { FileSystems } from '../../tree/disk/file-systems.js';
import type { Entry, Inode } from '../../tree/entry.js';
import type { Backup } from '../backup.js';
import type { DraftLine } from '../scan/draft.js';
import { isStored, type RunTimes } from './is-stored.js';

/** Errors of stat(2) that prove that there is no file. */
const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** Classifies the due files after the `aws s3 sync`. */
export function afterSync({ localDir, followSymlinks, fileSystems }: Backup, times: RunTimes) {
  const root = bytesOf(localDir);
  return (line: DraftLine, { key, inode }: Entry, object: StoredObject | undefined): DraftLine => {
    const now = inspectFile(root, key, followSymlinks, fileSystems);
    if (now === 'gone') return { ...line, state: 'vanished' };
    // A file that changed after the scan is sent again.
    if (now === 'unreadable' || now.ctime !== inode.ctime) return line;
    const sent: DraftLine = { ...line, state: 'sent' };
    return isStored({ ...sent, inode }, object, times) ? sent : line;
  };
}

/** The file as it is now; `gone` if there is no regular file, `unreadable` if stat(2) fails for another reason. */
function inspectFile(
  root: Bytes,
  key: Bytes,
  followSymlinks: boolean,
  fileSystems: FileSystems,
): Inode | 'gone' | 'unreadable' {
  const path = pathOf(joinPath(root, key));
  try {
    const stats = followSymlinks ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
    return stats.isFile() ? fileSystems.inodeOf(stats, path) : 'gone';
  } catch (error) {
    return NO_FILE.has(errnoOf(error) ?? '') ? 'gone' : 'unreadable';
  }
}
