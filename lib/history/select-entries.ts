// Selects entries of a stored tree: by their keys, in a folder, or names for the shell. Only these are parsed completely,
// since a tree may have a million.
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { parseOwnedEntry } from '../tree/entry-line.js';
import { type Batches, flatten, mapEach } from '../tree/streams/batches.js';
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

/** The entries of a tree at a path: both if a folder has replaced a kept file. */
interface AtPath {
  readonly file?: Entry;
  readonly folder?: Entry;
}

/** @param path without a `/` at its end */
export async function entriesOf(treeFile: string, path: Bytes): Promise<AtPath> {
  let found: AtPath = {};
  for await (const entry of flatten(entriesWhere(treeFile, (key) => key === path || key === `${path}/`)))
    found = { ...found, [entry.type === 'directory' ? 'folder' : 'file']: entry };
  return found;
}

/**
 * The file, link or folder of that path, or the contents of the folder.
 * @param path '' for the whole backup; without a `/` at its end
 * @param isRecursive whether to include the folders below
 * @param gone takes the folders, directly in this one, that are gone from disk: the tree has kept files below them
 */
export function entriesAt(
  treeFile: string,
  path: Bytes,
  isRecursive: boolean,
  gone: Set<Bytes>,
): AsyncGenerator<Entry> {
  const folder = path === '' ? '' : `${path}/`;
  let lastFolder = '';
  return flatten(
    entriesWhere(treeFile, (key) => {
      if (key === path) return true;
      if (!key.startsWith(folder) || key === folder) return false;
      const slash = key.indexOf('/', folder.length);
      if (isRecursive || slash === -1) return true;
      const child = key.slice(0, slash + 1) as Bytes;
      if (child === key) lastFolder = key;
      // A folder comes before its files.
      else if (child !== lastFolder) gone.add(child);
      return child === key;
    }),
  );
}

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
