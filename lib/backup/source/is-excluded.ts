// Whether the config leaves out what is stored under a key, where the walk came by no file of that key.
import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, joinPath, pathOf } from '../../tree/bytes.js';
import type { Exclusion } from '../../tree/disk/exclusion.js';

export type IsExcluded = (key: Bytes) => boolean;

/** What of a folder is left out: all but the file of that name, if there is one; `undefined`: nothing. */
type LeftOut = { readonly but: Bytes | undefined } | undefined;

/** Asked about keys in their order: what the disk tells of a folder holds for the next one in it. */
export function createIsExcluded(exclusion: Exclusion, root: Bytes, followSymlinks: boolean): IsExcluded {
  let last: { readonly folder: Bytes; readonly leftOut: LeftOut } | undefined;
  return (key) => {
    if (exclusion.ruleFor(key) !== undefined) return true;
    if (!isPath(key)) return false;
    const toName = key.lastIndexOf('/') + 1;
    const [folder, name] = [key.slice(0, toName) as Bytes, key.slice(toName) as Bytes];
    if (last?.folder !== folder) last = { folder, leftOut: leftOutOf(folder) };
    if (last.leftOut !== undefined) return last.leftOut.but !== name;
    const stats = look(key, followSymlinks);
    return stats?.isFile() === true && exclusion.ruleForSize(Number(stats.size)) !== undefined;
  };

  function leftOutOf(folder: Bytes): LeftOut {
    for (let end = folder.indexOf('/') + 1; end > 0; end = folder.indexOf('/', end) + 1) {
      const parent = folder.slice(0, end) as Bytes;
      const stats = look(parent.slice(0, -1) as Bytes, followSymlinks);
      if (stats?.isDirectory() !== true) return undefined;
      if (exclusion.ruleForDevice(stats.dev) !== undefined) return { but: undefined };
      const has = (name: Bytes) => look(`${parent}${name}` as Bytes, false)?.isDirectory() === false;
      const tag = exclusion.tagIn(joinPath(root, parent), has);
      if (tag !== undefined) return { but: parent === folder ? tag.name : undefined };
    }
    return undefined;
  }

  function look(path: Bytes, follows: boolean): BigIntStats | undefined {
    try {
      return (follows ? statSync : lstatSync)(pathOf(joinPath(root, path)), { bigint: true });
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return undefined;
    }
  }
}

/** False for what no file below a folder can have as its path. */
function isPath(key: Bytes): boolean {
  const names = (key.endsWith('/') ? key.slice(0, -1) : key).split('/');
  return names.every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'));
}
