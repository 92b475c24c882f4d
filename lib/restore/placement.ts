// Puts single entries of a tree into the destination, and notes what can only be done at the end.
import { join } from 'node:path';
import type { Shortfalls } from '../run/shortfalls.js';
import { Spool } from '../run/spool.js';
import { type Bytes, below, textOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import type { ExactTime } from './exact-times.js';
import { type Metadata, setAboutMtime } from './metadata.js';
import type { PlannedFile } from './planned-file.js';
import type { Stage } from './stage.js';
import { NotRestored, parentOf, type Target } from './target.js';

/** A line of the plan. */
export type PlannedLine = PlannedFile & { readonly index: number };

export interface PlacementOptions {
  readonly target: Target;
  readonly stage: Stage;
  readonly metadata: Metadata;
  /** Told of what is not restored as the tree has it. */
  readonly shortfalls: Shortfalls;
  /** Why files did not arrive, by their lines in the plan, as far as it is known. */
  readonly reasons: ReadonlyMap<number, string>;
  /** For notes. */
  readonly folder: string;
}

export class Placement {
  readonly restored = { files: 0, folders: 0, links: 0 };
  readonly target: Target;
  /** Of `ExactTime`. */
  readonly times: Spool;
  /** Of `Entry`, in the order of their keys. */
  readonly folders: Spool;
  readonly #options: PlacementOptions;

  constructor(options: PlacementOptions) {
    this.#options = options;
    this.target = options.target;
    this.times = new Spool(join(options.folder, 'times'));
    this.folders = new Spool(join(options.folder, 'folders'));
  }

  /** Does `action`, and names `key` if it can't be restored. */
  attempt(key: Bytes, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof NotRestored)) throw error;
      this.#options.shortfalls.add(`"${textOf(key)}" is not restored: ${error.message}.`);
    }
  }

  /**
   * @param entry what the tree knows of the file
   * @throws {NotRestored}
   */
  putFile({ key, want, how, index }: PlannedLine, entry: Entry | undefined): void {
    const { target, stage, shortfalls, reasons } = this.#options;
    if (want === undefined || how === 'not wanted') throw notInBucket();
    if (how === 'there already') {
      target.makeFolder(parentOf(key));
      if (entry !== undefined) this.giveMetadata(entry);
    } else {
      const arrived = stage.arrived(key, want, index);
      if (arrived === undefined)
        throw new NotRestored(reasons.get(index) ?? 'it did not arrive; syslog says why');
      if (entry !== undefined) {
        this.#options.metadata.give(arrived, entry);
        setAboutMtime(arrived, entry.inode);
      }
      target.moveHere(arrived, key);
    }
    this.restored.files += 1;
    if (entry === undefined) return;
    this.#noteTime(entry);
    const { size } = entry.inode;
    if (size === want.size) return;
    shortfalls.add(
      `"${textOf(key)}" is restored as it is in the bucket, ${want.size} bytes; the tree has ${size}.`,
    );
  }

  /** @throws {NotRestored} */
  makeFolder(entry: Entry): void {
    // Ours alone until everything is in it.
    this.target.makeFolder(entry.key, 0o700);
    this.folders.write(JSON.stringify(entry));
    this.#noteTime(entry);
    this.restored.folders += 1;
  }

  /** @throws {NotRestored} */
  makeLink(entry: Entry): void {
    this.target.makeLink(entry.key, entry.target ?? ('' as Bytes));
    this.giveMetadata(entry);
    setAboutMtime(this.target.path(entry.key), entry.inode);
    this.#noteTime(entry);
    this.restored.links += 1;
  }

  /** @throws {NotRestored} */
  giveMetadata(entry: Entry): void {
    this.#options.metadata.give(this.target.path(entry.key), entry);
  }

  #noteTime({ key, inode }: Entry): void {
    const path = below(this.target.root, (key.endsWith('/') ? key.slice(0, -1) : key) as Bytes);
    this.times.write(JSON.stringify({ path, mtime: inode.mtime } satisfies ExactTime));
  }
}

export function notInBucket(): NotRestored {
  return new NotRestored('the tree has it, but not the bucket');
}
