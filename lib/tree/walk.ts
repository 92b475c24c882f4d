// One pass over a directory, in the order of the keys that its files have in the bucket.
import {
  accessSync,
  type BigIntStats,
  constants,
  type Dirent,
  existsSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errnoOf } from '../errors.js';
import type { Batches } from './batches.js';
import { type Bytes, below, isText, pathOf } from './bytes.js';
import type { Entry, Inode, Obstacle } from './entry.js';
import { identity, inodeOf, lastingDevice } from './inode.js';

export interface WalkOptions {
  readonly followSymlinks: boolean;
  /** Whether a file, or with a `/` at the end everything in a folder, is left out. */
  readonly isExcluded: (key: Bytes) => boolean;
  /** Called now and then; ends the walk by throwing. */
  readonly onTurn?: () => void;
}

const OWNER_READS = 0o400n;

/** What is said of a link that leads nowhere, to itself included. */
const NOWHERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** How many names are looked at before signals and streams get their turn. */
const TURN = 256;

/**
 * Yields what is below `root`, sorted by the bytes of the keys. Holds one folder's entries at a time, and those
 * of the folders above it. What vanishes during the walk is left out.
 * @param root an absolute path, a directory that can be read
 */
export async function* walk(root: Bytes, options: WalkOptions): Batches<Entry | Obstacle> {
  const looks = new Walk(root, options).looks();
  let hasEnded = false;
  while (!hasEnded) {
    yield turn();
    await nextTurn();
    options.onTurn?.();
  }

  function* turn(): Generator<Entry | Obstacle> {
    for (let look = 0; look < TURN && !hasEnded; look += 1) {
      const { value, done } = looks.next();
      if (value !== undefined) yield value;
      hasEnded = done === true;
    }
  }
}

/** What a look at a name yields: nothing, if what it finds has to wait for that of other names. */
type Looks = Generator<Entry | Obstacle | undefined, undefined>;

/** How a folder is come to from the root. */
interface Way {
  /** Where links are followed: the identities of it and of its parents, to notice a loop. */
  readonly within: readonly string[];
  /** See `Entry.wayChanged`; for what is in the folder. */
  readonly changed: number;
}

interface OpenFolder {
  readonly way: Way;
  readonly looks: Looks;
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
  *looks(): Looks {
    const open = [this.#open('' as Bytes, { within: [], changed: 0 })];
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      const { value: entry, done } = folder.looks.next();
      if (done) open.pop();
      else yield entry;
      if (entry?.type === 'directory') open.push(this.#enter(entry.key, folder.way));
    }
  }

  #enter(folder: Bytes, above: Way): OpenFolder {
    const changed = Math.max(above.changed, this.#changedAt(folder.slice(0, -1) as Bytes));
    return this.#open(folder, { ...above, changed });
  }

  #open(folder: Bytes, { within, changed }: Way): OpenFolder {
    const identities = this.#options.followSymlinks ? [...within, this.#identityOf(folder)] : within;
    const way = { within: identities, changed };
    return { way, looks: this.#looksIn(folder, way) };
  }

  *#looksIn(folder: Bytes, way: Way): Looks {
    const path = this.#path(folder);
    let names: Dirent[];
    try {
      names = list(path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' && !existsSync(path)) return; // It has vanished.
      yield { key: folder, type: 'obstacle', reason: 'unreadable' };
      return;
    }
    const mayHaveFolders = names.some((it) => it.isDirectory() || it.isSymbolicLink());
    // At once, if a folder comes between them: when the walk is back from it, a file may have another name.
    if (mayHaveFolders) yield* this.#lookAtAll(folder, names, way);
    else yield* this.#lookAtEach(folder, names, way);
  }

  *#lookAtAll(folder: Bytes, names: readonly Dirent[], way: Way): Looks {
    const found: (Entry | Obstacle)[] = [];
    for (const name of names) {
      const entry = this.#look(folder, name, way);
      if (entry !== undefined) found.push(entry);
      yield undefined;
    }
    found.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const [at, entry] of found.entries()) {
      // Some file systems list a name twice.
      if (entry.key !== found[at - 1]?.key) yield entry;
    }
  }

  /** Of files only, the keys are in the order of their names: no more than these is held. */
  *#lookAtEach(folder: Bytes, names: Dirent[], way: Way): Looks {
    names.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [at, name] of names.entries()) {
      const entry = name.name === names[at - 1]?.name ? undefined : this.#look(folder, name, way);
      // One that has become a folder since would not come in its order.
      yield entry?.type === 'directory' ? undefined : entry;
    }
  }

  /** `undefined` for what is excluded, or has vanished. */
  #look(folder: Bytes, dirent: Dirent, way: Way): Entry | Obstacle | undefined {
    const name = `${folder}${dirent.name}` as Bytes;
    const { followSymlinks, isExcluded } = this.#options;
    try {
      const path = pathOf(below(this.#root, name));
      const isFollowed = followSymlinks && dirent.isSymbolicLink();
      const stats = isFollowed ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
      const key = stats.isDirectory() ? (`${name}/` as Bytes) : name;
      if (isExcluded(key)) {
        const isSeen = followSymlinks && stats.isDirectory();
        return isSeen ? { key, type: 'obstacle', reason: 'excluded' } : undefined;
      }
      if (stats.isSymbolicLink()) {
        const target = readlinkSync(path, { encoding: 'latin1' }) as Bytes;
        return { key, type: 'link', inode: inodeOf(stats), target };
      }
      if (!stats.isFile() && !stats.isDirectory()) return { key, type: 'obstacle', reason: 'special' };
      if (!isText(name)) return { key, type: 'obstacle', reason: 'not UTF-8' };
      if (stats.isDirectory()) {
        if (isFollowed && way.within.includes(identity(stats)))
          return { key, type: 'obstacle', reason: 'loop' };
        return { key, type: 'directory', inode: inodeOf(stats) };
      }
      // An owner's right to read is in the mode; that of anyone else takes a question.
      const isOwn = stats.uid === this.#user && (stats.mode & OWNER_READS) !== 0n;
      if (!isOwn) accessSync(path, constants.R_OK);
      if (stats.size > Number.MAX_SAFE_INTEGER) return { key, type: 'obstacle', reason: 'unreadable' };
      const wayChanged = isFollowed ? Math.max(way.changed, this.#changedAt(name)) : way.changed;
      return { key, type: 'file', inode: this.#inodeOf(stats), wayChanged };
    } catch (error) {
      return this.#obstacle(name, dirent, errnoOf(error));
    }
  }

  #obstacle(name: Bytes, dirent: Dirent, errno: string | undefined): Obstacle | undefined {
    const isDangling = dirent.isSymbolicLink() && NOWHERE.has(errno ?? '');
    if (errno === 'ENOENT' && !isDangling) return undefined;
    const key = dirent.isDirectory() ? (`${name}/` as Bytes) : name;
    if (this.#options.isExcluded(key)) return undefined;
    return { key, type: 'obstacle', reason: isDangling ? 'dangling' : 'unreadable' };
  }

  #inodeOf(stats: BigIntStats): Inode {
    return inodeOf(stats, stats.dev === this.#lastingDevice);
  }

  /**
   * When a folder, or the link to it or to a file, was given its name at the latest (ms since the epoch): a rename moves
   * the ctime. Where there is none any more, now.
   */
  #changedAt(name: Bytes): number {
    try {
      const path = this.#path(name);
      const { ctimeMs } = lstatSync(path);
      return this.#options.followSymlinks ? Math.max(ctimeMs, statSync(path).ctimeMs) : ctimeMs;
    } catch {
      return Date.now();
    }
  }

  #path(folder: Bytes): string | Buffer {
    return pathOf(folder === '' ? this.#root : below(this.#root, folder));
  }

  #identityOf(folder: Bytes): string {
    try {
      return identity(statSync(this.#path(folder), { bigint: true }));
    } catch {
      return '';
    }
  }
}

/**
 * The names as bytes. Node's types do not know that a Dirent's name is a string in this encoding, too.
 * Where the file system does not tell types, Node looks at each name, and fails for one that is not ASCII.
 */
function list(path: string | Buffer): Dirent[] {
  try {
    return readdirSync(path, { encoding: 'latin1', withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || !existsSync(path)) throw error;
  }
  const entries = readdirSync(path, {
    encoding: 'buffer',
    withFileTypes: true,
  }) as unknown as Dirent<Buffer>[];
  return entries.map((entry) => Object.assign(entry, { name: entry.name.toString('latin1') }));
}
