// Whether the config excludes the file of a stored key that the walk did not find.
import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, isPath, joinPath, pathOf } from '../../tree/bytes.js';
import type { Exclusion } from '../../tree/disk/exclusion.js';
import { isLink } from '../../tree/disk/is-gone.js';

export type IsExcluded = (key: Bytes) => boolean;

/** Excludes everything in a folder except the tag file of that name; `undefined` excludes nothing. */
type FolderRule = { readonly except: Bytes | undefined } | undefined;

/** For sorted keys: the answer for a folder is kept for the next key in it. */
export function createIsExcluded(exclusion: Exclusion, root: Bytes, followSymlinks: boolean): IsExcluded {
  let last: { readonly folder: Bytes; readonly rule: FolderRule } | undefined;
  return (key) => {
    if (exclusion.ruleFor(key) !== undefined) return true;
    if (!isPath(key)) return false;
    const toName = key.lastIndexOf('/') + 1;
    const [folder, name] = [key.slice(0, toName) as Bytes, key.slice(toName) as Bytes];
    if (last?.folder !== folder) last = { folder, rule: ruleOf(folder) };
    if (last.rule !== undefined) return last.rule.except !== name;
    const stats = statsOf(key, followSymlinks);
    return stats?.isFile() === true && exclusion.ruleForSize(Number(stats.size)) !== undefined;
  };

  function ruleOf(folder: Bytes): FolderRule {
    for (let end = folder.indexOf('/') + 1; end > 0; end = folder.indexOf('/', end) + 1) {
      const parent = folder.slice(0, end) as Bytes;
      const path = parent.slice(0, -1) as Bytes;
      // As in the walk: what such a link leads to may be a mount that hangs.
      if (followSymlinks && exclusion.ruleFor(path) !== undefined && isLink(root, path))
        return { except: undefined };
      const stats = statsOf(path, followSymlinks);
      if (stats?.isDirectory() !== true) return undefined;
      if (exclusion.ruleForDevice(stats.dev) !== undefined) return { except: undefined };
      const has = (name: Bytes) => statsOf(`${parent}${name}` as Bytes, false)?.isDirectory() === false;
      const tag = exclusion.tagIn(joinPath(root, parent), has);
      if (tag !== undefined) return { except: parent === folder ? tag.name : undefined };
    }
    return undefined;
  }

  function statsOf(path: Bytes, follows: boolean): BigIntStats | undefined {
    try {
      return (follows ? statSync : lstatSync)(pathOf(joinPath(root, path)), { bigint: true });
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return undefined;
    }
  }
}
