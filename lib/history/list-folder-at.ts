// Lists a folder in a stored tree.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { flatten } from '../tree/streams/batches.js';
import { entriesWhere } from './entries-where.js';

/** The entries of a tree at a path: both if a folder has replaced a kept file. */
export interface AtPath {
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
 */
export function entriesAt(treeFile: string, path: Bytes, isRecursive: boolean): AsyncGenerator<Entry> {
  const folder = path === '' ? '' : `${path}/`;
  return flatten(
    entriesWhere(treeFile, (key) => {
      if (key === path) return true;
      if (!key.startsWith(folder) || key === folder) return false;
      const slash = key.indexOf('/', folder.length);
      return isRecursive || slash === -1 || slash === key.length - 1;
    }),
  );
}
