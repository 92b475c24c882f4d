// Selects lines of a stored tree. Only these are parsed completely, since a tree may have a million.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { parseOwnedEntry } from '../tree/entry-line.js';
import { type Batches, mapEach } from '../tree/streams/batches.js';
import { entryOfLine, openTree, type TreeLine, treeLine } from '../tree/tree-file.js';

/** The wanted lines, sorted by key. @throws {DamagedTreeError} if it is not a whole tree file */
export async function* linesWhere(treeFile: string, isWanted: (key: Bytes) => boolean): Batches<TreeLine> {
  const { entries } = await openTree(treeFile, treeLine);
  yield* mapEach(entries, (line) => (isWanted(line.key) ? line : undefined));
}

/** The wanted entries, with the names of their owners. */
export function entriesWhere(treeFile: string, isWanted: (key: Bytes) => boolean): Batches<Entry> {
  return mapEach(linesWhere(treeFile, isWanted), ownedEntryOf);
}

/** @throws {DamagedTreeError} if the line is not an entry */
export function ownedEntryOf(line: TreeLine): Entry {
  return entryOfLine(line, parseOwnedEntry);
}
