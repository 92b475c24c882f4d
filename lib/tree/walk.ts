// One pass over a directory, in the order of the keys that its files have in the bucket.
import {
  accessSync,
  type BigIntStats,
  constants,
  type Dirent,
  lstatSync,
  readdirSync,
  readlinkSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errnoOf } from '../errors.js';
import { type Bytes, below, isText, pathOf } from './bytes.js';
import type { Entry, Inode, Obstacle } from './entry.js';

export interface WalkOptions {
  readonly followSymlinks: boolean;
  /** Whether a file, or with a `/` at the end everything in a folder, is left out. */
  readonly isExcluded: (key: Bytes) => boolean;
}

/**
 * statfs(2) types of file systems whose inodes keep their numbers from mount to mount: ext2 to ext4, XFS, Btrfs, ZFS,
 * F2FS, tmpfs. Elsewhere (vfat, FUSE, NFS) a new number may mean nothing.
 */
const LASTING = new Set([0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x01021994]);

const OWNER_READS = 0o400n;

/** How many entries are looked at before signals and streams get their turn. */
const TURN = 256;

/**
 * Yields what is below `root`, sorted by the bytes of the keys. Holds one folder's entries at a time, and those
 * of the folders above it. What vanishes during the walk is left out.
 * @param root an absolute path, a directory that can be read
 */
export function walk(root: Bytes, options: WalkOptions): AsyncGenerator<Entry | Obstacle> {
  return new Walk(root, options).all();
}

interface OpenFolder {
  /** The identities of it and of its parents. */
  readonly within: readonly string[];
  /** What is still to come of it: an obstacle, or keys in their order. */
  readonly left: IterableIterator<Bytes | Obstacle>;
}

class Walk {
  readonly #root: Bytes;
  readonly #options: WalkOptions;
  readonly #lastingDevice: bigint | undefined;
  readonly #user = BigInt(process.geteuid?.() ?? -1);

  constructor(root: Bytes, options: WalkOptions) {
    this.#root = root;
    this.#options = options;
    this.#lastingDevice = lastingDevice(pathOf(root));
  }

  /** Depth first. One generator, not one in another for each folder, which would cost more than the disk does. */
  async *all(): AsyncGenerator<Entry | Obstacle> {
    const open = [this.#enter('' as Bytes, [])];
    let untilTurn = TURN;
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      if (--untilTurn === 0) {
        untilTurn = TURN;
        await nextTurn();
      }
      const { value: next, done } = folder.left.next();
      if (done) {
        open.pop();
        continue;
      }
      const entry = typeof next === 'string' ? this.#look(next, folder.within) : next;
      if (entry === undefined) continue;
      yield entry;
      if (entry.type === 'directory') open.push(this.#enter(entry.key, folder.within));
    }
  }

  /** @param above the identities of `folder`'s parents, to notice a loop */
  #enter(folder: Bytes, above: readonly string[]): OpenFolder {
    const within = this.#options.followSymlinks ? [...above, this.#identityOf(folder)] : above;
    try {
      const keys = list(this.#path(folder)).map((dirent) => this.#keyOf(folder, dirent));
      // As JavaScript compares texts. Some file systems list a name twice.
      keys.sort();
      return { within, left: keys.filter((key, at) => key !== keys[at - 1]).values() };
    } catch (error) {
      const obstacle = { key: folder, type: 'obstacle', reason: 'unreadable' } as const;
      return { within, left: (errnoOf(error) === 'ENOENT' ? [] : [obstacle]).values() };
    }
  }

  /** That of a folder, or of a link that is followed to one, ends in a `/`: that decides on its place. */
  #keyOf(folder: Bytes, dirent: Dirent): Bytes {
    const name = `${folder}${dirent.name}` as Bytes;
    const isFolder = dirent.isSymbolicLink() ? this.#leadsToFolder(name) : dirent.isDirectory();
    return isFolder ? (`${name}/` as Bytes) : name;
  }

  #leadsToFolder(link: Bytes): boolean {
    try {
      return this.#options.followSymlinks && statSync(this.#path(link)).isDirectory();
    } catch {
      return false;
    }
  }

  /** `undefined` for what is excluded, or has vanished. */
  #look(key: Bytes, within: readonly string[]): Entry | Obstacle | undefined {
    const { followSymlinks, isExcluded } = this.#options;
    if (isExcluded(key)) return undefined;
    try {
      const path = this.#path(nameOf(key));
      const stats = followSymlinks ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
      // It has become something else, whose place is another one.
      if (stats.isDirectory() !== isFolder(key)) return undefined;
      if (stats.isSymbolicLink()) {
        const target = readlinkSync(path, { encoding: 'latin1' }) as Bytes;
        return { key, type: 'link', inode: inodeOf(stats), target };
      }
      if (!stats.isFile() && !stats.isDirectory()) return { key, type: 'obstacle', reason: 'special' };
      if (!isText(key)) return { key, type: 'obstacle', reason: 'not UTF-8' };
      if (stats.isDirectory()) {
        if (within.includes(identity(stats))) return { key, type: 'obstacle', reason: 'loop' };
        return { key, type: 'directory', inode: inodeOf(stats) };
      }
      // An owner's right to read is in the mode; that of anyone else takes a question.
      const isOwn = stats.uid === this.#user && (stats.mode & OWNER_READS) !== 0n;
      if (!isOwn) accessSync(path, constants.R_OK);
      if (stats.size > Number.MAX_SAFE_INTEGER) return { key, type: 'obstacle', reason: 'unreadable' };
      return { key, type: 'file', inode: this.#inodeOf(stats) };
    } catch (error) {
      return this.#obstacle(key, errnoOf(error));
    }
  }

  #obstacle(key: Bytes, errno: string | undefined): Obstacle | undefined {
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      const isDangling = this.#options.followSymlinks && this.#isLink(key);
      return isDangling ? { key, type: 'obstacle', reason: 'dangling' } : undefined;
    }
    return { key, type: 'obstacle', reason: errno === 'ELOOP' ? 'loop' : 'unreadable' };
  }

  #isLink(key: Bytes): boolean {
    try {
      return lstatSync(this.#path(nameOf(key))).isSymbolicLink();
    } catch {
      return false;
    }
  }

  #inodeOf(stats: BigIntStats): Inode {
    return inodeOf(stats, stats.dev === this.#lastingDevice);
  }

  #path(name: Bytes): string | Buffer {
    return pathOf(name === '' ? this.#root : below(this.#root, name));
  }

  #identityOf(folder: Bytes): string {
    try {
      return identity(statSync(this.#path(folder), { bigint: true }));
    } catch {
      return '';
    }
  }
}

/** The names as bytes. Node's types do not know that a Dirent's name is a string in this encoding, too. */
function list(path: string | Buffer): Dirent[] {
  return readdirSync(path, { encoding: 'latin1', withFileTypes: true });
}

function isFolder(key: Bytes): boolean {
  return key.endsWith('/');
}

function nameOf(key: Bytes): Bytes {
  return isFolder(key) ? (key.slice(0, -1) as Bytes) : key;
}

function identity({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** The device of a folder on which inodes keep their numbers; what is mounted below it has another one. */
function lastingDevice(folder: string | Buffer): bigint | undefined {
  try {
    return LASTING.has(statfsSync(folder).type) ? statSync(folder, { bigint: true }).dev : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What the tree keeps of a stat(2).
 * @param isLasting whether the inode's number means anything next time; one beyond 2^53 is left out
 */
export function inodeOf(stats: BigIntStats, isLasting = false): Inode {
  const inode = {
    size: Number(stats.size),
    mtime: `${stats.mtimeNs}`,
    ctime: `${stats.ctimeNs}`,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
  };
  const isTold = isLasting && stats.ino <= Number.MAX_SAFE_INTEGER;
  return isTold ? Object.assign(inode, { ino: Number(stats.ino) }) : inode;
}
