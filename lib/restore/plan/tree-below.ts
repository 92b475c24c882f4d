// The part of a tree that is below a folder.

import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { parseOwnedEntry } from '../../tree/entry-line.js';
import { type Batches, mapEach } from '../../tree/streams/batches.js';
import { openTree } from '../../tree/tree-file.js';

/**
 * The entries below `folder`, their keys relative to it, in the order of the keys.
 * @param folder '' or ends in a `/`
 * @throws {DamagedTreeError} at the end, at the latest, of a torn file
 * @throws {BackupError} if a later version wrote it
 */
export async function* treeBelow(file: string, folder: Bytes): Batches<Entry> {
  const { entries } = await openTree(file, parseOwnedEntry);
  yield* mapEach(entries, (entry) => {
    if (!entry.key.startsWith(folder) || entry.key === folder) return undefined;
    return folder === '' ? entry : { ...entry, key: entry.key.slice(folder.length) as Bytes };
  });
}
