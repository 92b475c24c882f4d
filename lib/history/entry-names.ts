// The names in a tree file that begin with a given text, for the shell's completion.
import { bytesOf, textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { openTree, treeLine } from '../tree/tree-file.js';

/** The most names: more than anybody reads. */
const MOST = 1000;

/**
 * The files, and the folders with a `/` at their end, that are in the folder of `begun` and begin with it.
 * @throws {BackupError} if the tree file can't be read
 */
export async function entryNamesIn(treeFile: string, begun: string): Promise<string[]> {
  const start = bytesOf(begun);
  const folderLength = start.lastIndexOf('/') + 1;
  const names = new Set<string>();
  const { entries } = await openTree(treeFile, treeLine);
  for await (const { key } of flatten(entries)) {
    if (key.startsWith(start)) {
      const slash = key.indexOf('/', folderLength);
      const name = slash === -1 ? key : key.slice(0, slash + 1);
      if (name.length > folderLength) names.add(textOf(name as typeof key));
    } else if (key > start) break;
    if (names.size === MOST) break;
  }
  return [...names];
}
