// The lines of a stored tree that a question is about. Only those are parsed whole: a tree may have a million.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { parseOwnedEntry } from '../tree/entry-line.js';
import { type Batches, mapEach } from '../tree/streams/batches.js';
import { entryOfLine, openTree, type TreeLine, treeLine } from '../tree/tree-file.js';

/** In the order of the keys. @throws {DamagedTreeError} if it is no whole tree file */
export async function* linesWhere(treeFile: string, isWanted: (key: Bytes) => boolean): Batches<TreeLine> {
  const { entries } = await openTree(treeFile, treeLine);
  yield* mapEach(entries, (line) => (isWanted(line.key) ? line : undefined));
}

/** The same, as entries with the names of the owners. */
export function entriesWhere(treeFile: string, isWanted: (key: Bytes) => boolean): Batches<Entry> {
  return mapEach(linesWhere(treeFile, isWanted), ownedEntryOf);
}

/** @throws {DamagedTreeError} if the line is no entry */
export function ownedEntryOf(line: TreeLine): Entry {
  return entryOfLine(line, parseOwnedEntry);
}
