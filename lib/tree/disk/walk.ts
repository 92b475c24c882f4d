// One pass over a directory, in the order of the keys that its files have in the bucket.
import { type Dirent, existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errnoOf } from '../../cli/errors.js';
import type { Bytes } from '../bytes.js';
import type { Entry, Obstacle } from '../entry.js';
import type { Batches } from '../streams/batches.js';
import { listFolder } from './list-folder.js';
import { type LookOptions, NameInspector, type Way } from './look-at-name.js';

export interface WalkOptions extends LookOptions {
  /** Called now and then; ends the walk by throwing. */
  readonly onTurn?: () => void;
}

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

interface OpenFolder {
  readonly way: Way;
  readonly looks: Looks;
}

class Walk {
  readonly #looker: NameInspector;
  readonly #followSymlinks: boolean;

  constructor(root: Bytes, options: WalkOptions) {
    this.#looker = new NameInspector(root, options);
    this.#followSymlinks = options.followSymlinks;
  }

  /** Depth first. One generator, not one in another for each folder, which would cost more than the disk does. */
  *looks(): Looks {
    const open = [this.#open('' as Bytes, { within: [], changed: 0 })];
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      const { value: entry, done } = folder.looks.next();
      if (done) open.pop();
      else yield entry;
      if (entry?.type === 'directory' && entry.isForeign !== true)
        open.push(this.#enter(entry.key, folder.way));
    }
  }

  #enter(folder: Bytes, above: Way): OpenFolder {
    const changed = Math.max(above.changed, this.#looker.changedAt(folder.slice(0, -1) as Bytes));
    return this.#open(folder, { ...above, changed });
  }

  #open(folder: Bytes, { within, changed }: Way): OpenFolder {
    const identities = this.#followSymlinks ? [...within, this.#looker.identityOf(folder)] : within;
    const way = { within: identities, changed };
    return { way, looks: this.#looksIn(folder, way) };
  }

  *#looksIn(folder: Bytes, way: Way): Looks {
    const path = this.#looker.path(folder);
    let names: Dirent[];
    try {
      names = listFolder(path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' && !existsSync(path)) return; // It has vanished.
      yield { key: folder, type: 'obstacle', reason: 'unreadable' };
      return;
    }
    names = this.#looker.withoutExcluded(folder, names);
    const mayHaveFolders = names.some((it) => it.isDirectory() || it.isSymbolicLink());
    // At once, if a folder comes between them: when the walk is back from it, a file may have another name.
    if (mayHaveFolders) yield* this.#lookAtAll(folder, names, way);
    else yield* this.#lookAtEach(folder, names, way);
  }

  *#lookAtAll(folder: Bytes, names: readonly Dirent[], way: Way): Looks {
    const found: (Entry | Obstacle)[] = [];
    for (const name of names) {
      const entry = this.#looker.look(folder, name, way);
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
      const entry = name.name === names[at - 1]?.name ? undefined : this.#looker.look(folder, name, way);
      // One that has become a folder since would not come in its order.
      yield entry?.type === 'directory' ? undefined : entry;
    }
  }
}
