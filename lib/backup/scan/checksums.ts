// COMPARE_CONTENT: where a ctime may prove nothing, only the content shows a change that keeps size and mtime. Each such
// file is read in each run, and its checksum is in the tree.
import { closeSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import type { Entry, Obstacle } from '../../tree/entry.js';
import type { Batches } from '../../tree/streams/batches.js';
import { sha256OfOpen } from '../../tree/streams/sha256.js';
import type { Backup } from '../backup.js';
import { FileOpener } from '../source/file-opener.js';

/** Adds the checksums to the files of a walk. */
export async function* withChecksums(
  backup: Backup,
  walked: Batches<Entry | Obstacle>,
): Batches<Entry | Obstacle> {
  const opener = new FileOpener(backup.localDirDescriptor, backup.followSymlinks);
  try {
    for await (const batch of walked) {
      const entries: (Entry | Obstacle)[] = [];
      for (const entry of batch) {
        backup.interruption.check();
        entries.push(entry.type === 'file' ? await withChecksum(backup, opener, entry) : entry);
      }
      yield entries;
    }
  } finally {
    opener.close();
  }
}

/** @returns the entry without a checksum if its ctime is reliable, or it can't be read */
async function withChecksum({ fileSystems }: Backup, opener: FileOpener, entry: Entry): Promise<Entry> {
  if (entry.id === undefined || !fileSystems.mayLackCtime(entry.id)) return entry;
  try {
    const descriptor = opener.open(entry.key);
    try {
      return { ...entry, inode: { ...entry.inode, sha256: await sha256OfOpen(descriptor) } };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return entry;
  }
}
