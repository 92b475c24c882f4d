// What a folder holds in a stored tree.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { parseOwnedEntry } from '../tree/entry-line.js';
import { flatten } from '../tree/streams/batches.js';
import { openTree } from '../tree/tree-file.js';

/** Every entry of a tree file, in the order of the keys, with the names of the owners. */
export async function* entriesOf(treeFile: string): AsyncGenerator<Entry> {
  const { entries } = await openTree(treeFile, parseOwnedEntry);
  yield* flatten(entries);
}

/** The file or link of that path; `undefined` if the tree has none. */
export async function entryAt(treeFile: string, path: Bytes): Promise<Entry | undefined> {
  for await (const entry of entriesOf(treeFile)) {
    if (entry.key === path) return entry;
    if (entry.key > path) return undefined;
  }
  return undefined;
}

/**
 * The file, link or folder of that path, or what is in the folder.
 * @param path '' for all of the backup; without a `/` at its end
 * @param isRecursive whether to go into the folders below
 */
export async function* entriesAt(treeFile: string, path: Bytes, isRecursive: boolean): AsyncGenerator<Entry> {
  const folder = path === '' ? '' : `${path}/`;
  for await (const entry of entriesOf(treeFile)) {
    const { key } = entry;
    if (key === path) yield entry;
    else if (key.startsWith(folder) && key !== folder) {
      const slash = key.indexOf('/', folder.length);
      if (isRecursive || slash === -1 || slash === key.length - 1) yield entry;
    }
  }
}
