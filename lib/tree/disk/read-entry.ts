// Reads one name in a folder: an entry, an obstacle, or excluded.
import { accessSync, constants, lstatSync, readlinkSync, statSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, isText, joinPath, pathOf } from '../bytes.js';
import type { Entry, Obstacle } from '../entry.js';
import type { Exclusion, OnExcluded } from './exclusion.js';
import { FileSystems } from './file-systems.js';
import { fileIdOf } from './inode.js';
import type { FolderEntry } from './read-folder.js';

export interface ReadOptions {
  readonly followSymlinks: boolean;
  readonly exclusion: Exclusion;
  /** The file systems at and below the root, if the caller needs their facts, too. */
  readonly fileSystems?: FileSystems;
  /** The most bytes that the key of a file may have, relative to the root. */
  readonly maxKeyLength?: number;
  /** Called for what is excluded. */
  readonly onExcluded?: OnExcluded;
}

/** How the walk reached a folder. */
export interface FolderPath {
  /** If links are followed: the ids of the folder and those above it. A link to one of them is a loop. */
  readonly folderIds: readonly string[];
  /** `Entry.pathChangedAt` of the files in the folder. */
  readonly changedAt: number;
}

const OWNER_READS = 0o400n;

/** Errors of a link that leads nowhere; ELOOP if it leads to itself. */
const NOWHERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** Reads what is below `root`, an absolute path. */
export class EntryReader {
  readonly #root: Bytes;
  readonly #options: ReadOptions;
  readonly #fileSystems: FileSystems;
  readonly #user = BigInt(process.geteuid?.() ?? -1);

  constructor(root: Bytes, options: ReadOptions) {
    this.#root = root;
    this.#options = options;
    this.#fileSystems = options.fileSystems ?? new FileSystems(pathOf(root));
  }

  /** @param folder '' or ends in a `/` @returns `undefined` for what has vanished or is excluded */
  read(folder: Bytes, dirent: FolderEntry, folderPath: FolderPath): Entry | Obstacle | undefined {
    const name = `${folder}${dirent.name}` as Bytes;
    const { followSymlinks, exclusion } = this.#options;
    try {
      // Before any system call, since an excluded path may be a mount that hangs.
      const keyByDirent = keyOf(folder, dirent);
      if (this.#isExcluded(keyByDirent, exclusion.ruleFor(keyByDirent))) return undefined;
      const path = pathOf(joinPath(this.#root, name));
      const isFollowed = followSymlinks && dirent.isSymbolicLink();
      const stats = isFollowed ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
      const key = stats.isDirectory() ? (`${name}/` as Bytes) : name;
      if (key !== keyByDirent && this.#isExcluded(key, exclusion.ruleFor(key))) return undefined;
      if (stats.isSymbolicLink()) {
        const target = readlinkSync(path, { encoding: 'latin1' }) as Bytes;
        return { key, type: 'link', inode: this.#fileSystems.inodeOf(stats, path), target };
      }
      if (!stats.isFile() && !stats.isDirectory()) return { key, type: 'obstacle', reason: 'special' };
      if (!isText(name)) return { key, type: 'obstacle', reason: 'not UTF-8' };
      const inode = this.#fileSystems.inodeOf(stats, path);
      if (stats.isDirectory()) {
        if (isFollowed && folderPath.folderIds.includes(fileIdOf(stats)))
          return { key, type: 'obstacle', reason: 'loop' };
        const isForeign = this.#isExcluded(key, exclusion.ruleForDevice(stats.dev));
        return { key, type: 'directory', inode, ...(isForeign && { isForeign }) };
      }
      if (this.#isExcluded(key, exclusion.ruleForSize(Number(stats.size)))) return undefined;
      if (key.length > (this.#options.maxKeyLength ?? Number.POSITIVE_INFINITY))
        return { key, type: 'obstacle', reason: 'key too long', inode };
      // The mode shows whether the owner may read. For others, only access(2) does.
      const isOwn = stats.uid === this.#user && (stats.mode & OWNER_READS) !== 0n;
      if (stats.size > Number.MAX_SAFE_INTEGER || (!isOwn && !isReadable(path)))
        return { key, type: 'obstacle', reason: 'unreadable', inode };
      const { changedAt } = folderPath;
      const pathChangedAt = isFollowed ? Math.max(changedAt, this.changedAt(name)) : changedAt;
      return { key, type: 'file', inode, pathChangedAt, id: fileIdOf(stats) };
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      return obstacleBy(errno, folder, dirent);
    }
  }

  /** The names in a folder, without those that its tag excludes. The root itself is never excluded by a tag. */
  withoutExcluded(folder: Bytes, names: FolderEntry[]): FolderEntry[] {
    if (folder === '') return names;
    // A mount counts as a folder until it is examined.
    const isFolder = (it: FolderEntry) => it.isDirectory() && this.#isFolder(`${folder}${it.name}` as Bytes);
    const has = (name: Bytes) => names.some((it) => it.name === name && !isFolder(it));
    const tag = this.#options.exclusion.tagIn(joinPath(this.#root, folder), has);
    if (tag === undefined) return names;
    return names.filter((it) => it.name === tag.name || !this.#isExcluded(keyOf(folder, it), tag.rule));
  }

  /**
   * The latest time at which a folder or a link may have been renamed (ms since the epoch): rename(2) updates the
   * ctime. If links are followed, the target counts, too. Now, if it has vanished.
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

  /** For node:fs. @param name of a folder or file, relative to the root */
  path(name: Bytes): string | Buffer {
    return pathOf(this.absolute(name));
  }

  /** @param name of a folder or file, relative to the root */
  absolute(name: Bytes): Bytes {
    return name === '' ? this.#root : joinPath(this.#root, name);
  }

  /** '' if stat(2) fails. */
  idOf(folder: Bytes): string {
    try {
      return fileIdOf(statSync(this.path(folder), { bigint: true }));
    } catch {
      return '';
    }
  }

  /** True, too, if lstat(2) fails. */
  #isFolder(name: Bytes): boolean {
    try {
      return lstatSync(this.path(name)).isDirectory();
    } catch {
      return true;
    }
  }

  #isExcluded(key: Bytes, rule: string | undefined): boolean {
    if (rule !== undefined) this.#options.onExcluded?.(key, rule);
    return rule !== undefined;
  }
}

/** @returns `undefined` if the name has vanished */
function obstacleBy(errno: string, folder: Bytes, dirent: FolderEntry): Obstacle | undefined {
  const isDangling = dirent.isSymbolicLink() && NOWHERE.has(errno);
  if (errno === 'ENOENT' && !isDangling) return undefined;
  return {
    key: keyOf(folder, dirent),
    type: 'obstacle',
    reason: isDangling ? 'dangling' : 'unreadable',
  };
}

/** The key, by the type that readdir(3) gives. */
function keyOf(folder: Bytes, dirent: FolderEntry): Bytes {
  return `${folder}${dirent.name}${dirent.isDirectory() ? '/' : ''}` as Bytes;
}

/** @throws the system's error, if it is not EACCES */
function isReadable(path: string | Buffer): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return false;
    throw error;
  }
}
