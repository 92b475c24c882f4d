// What is under a name in a folder: an entry, an obstacle, or nothing that has to be told.
import {
  accessSync,
  type BigIntStats,
  constants,
  type Dirent,
  lstatSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, isText, joinPath, pathOf } from '../bytes.js';
import type { Entry, Inode, Obstacle } from '../entry.js';
import type { Exclusion, OnExcluded } from './exclusion.js';
import { fileIdOf, inodeOf, lastingDevice } from './inode.js';

export interface LookOptions {
  readonly followSymlinks: boolean;
  readonly exclusion: Exclusion;
  /** Told of what is left out. */
  readonly onExcluded?: OnExcluded;
}

/** How a folder is come to from the root. */
export interface Way {
  /** Where links are followed: the identities of it and of its parents, to notice a loop. */
  readonly within: readonly string[];
  /** See `Entry.wayChanged`; for what is in the folder. */
  readonly changed: number;
}

const OWNER_READS = 0o400n;

/** What is said of a link that leads nowhere, to itself included. */
const NOWHERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** Looks at what is below `root`, an absolute path. */
export class NameInspector {
  readonly #root: Bytes;
  readonly #options: LookOptions;
  readonly #lastingDevice: bigint | undefined;
  readonly #user = BigInt(process.geteuid?.() ?? -1);

  constructor(root: Bytes, options: LookOptions) {
    this.#root = root;
    this.#options = options;
    this.#lastingDevice = lastingDevice(pathOf(root));
  }

  /** `undefined` for what has vanished or is left out. @param folder '' or ends in a `/` */
  look(folder: Bytes, dirent: Dirent, way: Way): Entry | Obstacle | undefined {
    const name = `${folder}${dirent.name}` as Bytes;
    const { followSymlinks, exclusion } = this.#options;
    try {
      // What is left out is not touched: it may be a mount that hangs.
      const asListed = keyOf(folder, dirent);
      if (this.#isLeftOut(asListed, exclusion.ruleFor(asListed))) return undefined;
      const path = pathOf(joinPath(this.#root, name));
      const isFollowed = followSymlinks && dirent.isSymbolicLink();
      const stats = isFollowed ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
      const key = stats.isDirectory() ? (`${name}/` as Bytes) : name;
      if (key !== asListed && this.#isLeftOut(key, exclusion.ruleFor(key))) return undefined;
      if (stats.isSymbolicLink()) {
        const target = readlinkSync(path, { encoding: 'latin1' }) as Bytes;
        return { key, type: 'link', inode: inodeOf(stats), target };
      }
      if (!stats.isFile() && !stats.isDirectory()) return { key, type: 'obstacle', reason: 'special' };
      if (!isText(name)) return { key, type: 'obstacle', reason: 'not UTF-8' };
      if (stats.isDirectory()) {
        if (isFollowed && way.within.includes(fileIdOf(stats)))
          return { key, type: 'obstacle', reason: 'loop' };
        const isForeign = this.#isLeftOut(key, exclusion.ruleForDevice(stats.dev));
        return { key, type: 'directory', inode: inodeOf(stats), ...(isForeign && { isForeign }) };
      }
      if (this.#isLeftOut(key, exclusion.ruleForSize(Number(stats.size)))) return undefined;
      // An owner's right to read is in the mode; that of anyone else takes a question.
      const isOwn = stats.uid === this.#user && (stats.mode & OWNER_READS) !== 0n;
      if (!isOwn && !isReadable(path))
        return { key, type: 'obstacle', reason: 'unreadable', ...this.#inoOf(stats) };
      if (stats.size > Number.MAX_SAFE_INTEGER) return { key, type: 'obstacle', reason: 'unreadable' };
      const wayChanged = isFollowed ? Math.max(way.changed, this.changedAt(name)) : way.changed;
      return { key, type: 'file', inode: this.#inodeOf(stats), wayChanged, id: fileIdOf(stats) };
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      return this.#obstacle(folder, dirent, errno);
    }
  }

  /** The names in a folder, without those that its tag leaves out. LOCAL_DIR itself is meant to be in the backup. */
  withoutExcluded(folder: Bytes, names: Dirent[]): Dirent[] {
    if (folder === '') return names;
    const has = (name: Bytes) => names.some((it) => it.name === name && !it.isDirectory());
    const tag = this.#options.exclusion.tagIn(joinPath(this.#root, folder), has);
    if (tag === undefined) return names;
    return names.filter((it) => it.name === tag.name || !this.#isLeftOut(keyOf(folder, it), tag.rule));
  }

  #isLeftOut(key: Bytes, rule: string | undefined): boolean {
    if (rule !== undefined) this.#options.onExcluded?.(key, rule);
    return rule !== undefined;
  }

  #obstacle(folder: Bytes, dirent: Dirent, errno: string): Obstacle | undefined {
    const isDangling = dirent.isSymbolicLink() && NOWHERE.has(errno);
    if (errno === 'ENOENT' && !isDangling) return undefined;
    const key = keyOf(folder, dirent);
    return { key, type: 'obstacle', reason: isDangling ? 'dangling' : 'unreadable' };
  }

  #inoOf(stats: BigIntStats): { ino?: number } {
    const { ino } = this.#inodeOf(stats);
    return ino === undefined ? {} : { ino };
  }

  #inodeOf(stats: BigIntStats): Inode {
    return inodeOf(stats, stats.dev === this.#lastingDevice);
  }

  /**
   * When a folder, or the link to it or to a file, was given its name at the latest (ms since the epoch): a rename moves
   * the ctime. Where there is none any more, now.
   */
  changedAt(name: Bytes): number {
    try {
      const path = this.path(name);
      const { ctimeMs } = lstatSync(path);
      return this.#options.followSymlinks ? Math.max(ctimeMs, statSync(path).ctimeMs) : ctimeMs;
    } catch {
      return Date.now();
    }
  }

  /** What node:fs takes. @param folder or file, relative to the root */
  path(folder: Bytes): string | Buffer {
    return pathOf(folder === '' ? this.#root : joinPath(this.#root, folder));
  }

  /** Tells a folder from all others; empty if it can not be looked at. */
  identityOf(folder: Bytes): string {
    try {
      return fileIdOf(statSync(this.path(folder), { bigint: true }));
    } catch {
      return '';
    }
  }
}

/** By the type that its folder tells. */
function keyOf(folder: Bytes, dirent: Dirent): Bytes {
  return `${folder}${dirent.name}${dirent.isDirectory() ? '/' : ''}` as Bytes;
}

/** @throws the system's error, if it is another one than that it may not be read */
function isReadable(path: string | Buffer): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return false;
    throw error;
  }
}
