// One pass over a directory, in the order of the keys that its files have in the bucket.
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errnoOf } from '../../cli/errors.js';
import type { Bytes } from '../bytes.js';
import type { Entry, Obstacle } from '../entry.js';
import type { Batches } from '../streams/batches.js';
import { mountsByFolder } from './mount-points.js';
import { EntryReader, type FolderPath, type ReadOptions } from './read-entry.js';
import { type FolderEntry, readFolder } from './read-folder.js';

interface WalkOptions extends ReadOptions {
  /** Called after each batch; ends the walk by throwing. */
  readonly onTurn?: () => void;
}

/** How many names are read before signals and streams get their turn. */
const TURN = 256;

/**
 * Yields what is below `root`, sorted by the bytes of the keys. Memory holds the entries of one folder and of those
 * above it. Files that vanish during the walk are skipped.
 * @param root an absolute path, a directory that can be read
 */
export async function* walk(root: Bytes, options: WalkOptions): Batches<Entry | Obstacle> {
  const reads = new Walk(root, options).reads();
  let hasEnded = false;
  while (!hasEnded) {
    yield batch();
    await nextTurn();
    options.onTurn?.();
  }

  function* batch(): Generator<Entry | Obstacle> {
    for (let count = 0; count < TURN && !hasEnded; count += 1) {
      const { value, done } = reads.next();
      if (value !== undefined) yield value;
      hasEnded = done === true;
    }
  }
}

/** A step for each name that is read; `undefined` if it yields nothing, or nothing yet. */
type Reads = Generator<Entry | Obstacle | undefined, undefined>;

interface OpenFolder {
  readonly path: FolderPath;
  readonly reads: Reads;
}

class Walk {
  readonly #reader: EntryReader;
  readonly #followSymlinks: boolean;
  readonly #mounts = mountsByFolder();
  /** '' for `/`. */
  readonly #root: string;

  constructor(root: Bytes, options: WalkOptions) {
    this.#reader = new EntryReader(root, options);
    this.#followSymlinks = options.followSymlinks;
    this.#root = root === '/' ? '' : root;
  }

  /** Depth first, with a stack: generators that delegate to each other would cost more than the disk does. */
  *reads(): Reads {
    const open = [this.#open('' as Bytes, { folderIds: [], changedAt: 0 })];
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      const { value: entry, done } = folder.reads.next();
      if (done) open.pop();
      else yield entry;
      if (entry?.type === 'directory' && entry.isForeign !== true)
        open.push(this.#enter(entry.key, folder.path));
    }
  }

  #enter(folder: Bytes, parent: FolderPath): OpenFolder {
    const changedAt = Math.max(parent.changedAt, this.#reader.changedAt(folder.slice(0, -1) as Bytes));
    return this.#open(folder, { ...parent, changedAt });
  }

  #open(folder: Bytes, { folderIds: above, changedAt }: FolderPath): OpenFolder {
    const folderIds = this.#followSymlinks ? [...above, this.#reader.idOf(folder)] : above;
    const path = { folderIds, changedAt };
    return { path, reads: this.#readsIn(folder, path) };
  }

  *#readsIn(folder: Bytes, folderPath: FolderPath): Reads {
    const path = this.#reader.path(folder);
    let names: FolderEntry[];
    try {
      names = readFolder(this.#reader.absolute(folder), this.#mountsIn(folder));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' && !existsSync(path)) return; // It has vanished.
      yield { key: folder, type: 'obstacle', reason: 'unreadable' };
      return;
    }
    names = this.#reader.withoutExcluded(folder, names);
    const mayHaveFolders = names.some((it) => it.isDirectory() || it.isSymbolicLink());
    // All files are read before a folder is entered: during the walk of that folder they might be renamed.
    if (mayHaveFolders) yield* this.#readAllAndSort(folder, names, folderPath);
    else yield* this.#readFilesInOrder(folder, names, folderPath);
  }

  #mountsIn(folder: Bytes): ReadonlySet<Bytes> | undefined {
    return this.#mounts.get(`${this.#root}/${folder}`.replace(/\/$/, '') as Bytes);
  }

  *#readAllAndSort(folder: Bytes, names: readonly FolderEntry[], folderPath: FolderPath): Reads {
    const entries: (Entry | Obstacle)[] = [];
    for (const name of names) {
      const entry = this.#reader.read(folder, name, folderPath);
      if (entry !== undefined) entries.push(entry);
      yield undefined;
    }
    entries.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const [at, entry] of entries.entries()) {
      // Some file systems list a name twice.
      if (entry.key !== entries[at - 1]?.key) yield entry;
    }
  }

  /** The keys of files are in the order of their names: only these are held. */
  *#readFilesInOrder(folder: Bytes, names: FolderEntry[], folderPath: FolderPath): Reads {
    names.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [at, name] of names.entries()) {
      const isDouble = name.name === names[at - 1]?.name;
      const entry = isDouble ? undefined : this.#reader.read(folder, name, folderPath);
      // A file that has just become a folder would be out of order: its key ends in `/`.
      yield entry?.type === 'directory' ? undefined : entry;
    }
  }
}
