// What a folder holds in a stored tree.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { flatten } from '../tree/streams/batches.js';
import { entriesWhere } from './entries-where.js';

/** What a tree has at a path: both where a folder has the place of a file that is only kept in the bucket. */
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
 * The file, link or folder of that path, or what is in the folder.
 * @param path '' for all of the backup; without a `/` at its end
 * @param isRecursive whether to go into the folders below
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
