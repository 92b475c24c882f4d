// Puts single entries of a tree into the destination, and notes what can only be done at the end.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Interruption } from '../../cli/interruption.js';
import type { Incomplete } from '../../cli/log/incomplete.js';
import type { Log } from '../../cli/log/log.js';
import { type Bytes, textOf } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { Spool } from '../../tree/streams/spool.js';
import type { Stage } from '../destination/stage.js';
import { NotRestoredError, orNotRestored, parentOf, type Target } from '../destination/target.js';
import type { PlannedFile } from '../plan/planned-file.js';
import type { ExactTime } from './exact-times.js';
import { type Metadata, setMtimeRoughly } from './metadata.js';

/** A line of the plan. */
export type PlannedLine = PlannedFile & { readonly index: number };

export interface PlacementOptions {
  readonly target: Target;
  readonly stage: Stage;
  readonly metadata: Metadata;
  /** Told of what is not restored as the tree has it. */
  readonly incomplete: Incomplete;
  /** Told of files that are newer than the tree. */
  readonly log: Pick<Log, 'info'>;
  /** Why files did not arrive, by their lines in the plan, as far as it is known. */
  readonly reasons: ReadonlyMap<number, string>;
  readonly interruption: Interruption;
  /** For notes. */
  readonly folder: string;
}

export class Placement {
  readonly restored = { files: 0, folders: 0, links: 0, newer: 0 };
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

  /** Does `action`, and names `key` if it can't be restored. @throws {InterruptedError} if a signal has arrived */
  attempt(key: Bytes, action: () => void): void {
    this.#options.interruption.check();
    try {
      action();
    } catch (error) {
      if (!(error instanceof NotRestoredError)) throw error;
      this.#options.incomplete.add(`"${textOf(key)}" is not restored: ${error.message}.`);
    }
  }

  /**
   * @param entry what the tree knows of the file
   * @param mode of a file of which it knows nothing; `undefined`: as umask has it
   * @throws {NotRestoredError}
   */
  putFile({ key, want, how, index, isNewer }: PlannedLine, entry: Entry | undefined, mode?: number): void {
    const { target, stage, incomplete, reasons } = this.#options;
    if (want === undefined || how === 'not wanted') throw notInBucketError();
    if (how === 'there already') {
      target.makeFolder(parentOf(key));
      if (entry !== undefined) this.giveMetadata(entry);
    } else {
      const arrived = stage.arrived(key, want, index);
      if (arrived === undefined)
        throw new NotRestoredError(reasons.get(index) ?? 'it did not arrive; syslog says why');
      if (entry !== undefined) {
        this.giveMetadata(entry, arrived);
        setMtimeRoughly(arrived, entry.inode);
      } else if (mode !== undefined) orNotRestored(() => chmodSync(arrived, mode));
      if (target.moveHere(arrived, key) === 'copied' && entry !== undefined) this.giveMetadata(entry);
    }
    this.restored.files += 1;
    if (entry === undefined) return;
    this.#noteTime(entry);
    if (isNewer) this.noteNewer(entry);
    const { size } = entry.inode;
    if (size === want.size) return;
    incomplete.add(
      `"${textOf(key)}" is restored as it is in the bucket, ${want.size} bytes; the tree has ${size}.`,
    );
  }

  /** Names, in syslog, an entry of the tree whose object was stored after the tree. */
  noteNewer({ key, type }: Entry): void {
    this.restored.newer += 1;
    const what =
      type === 'link'
        ? 'it is restored as the link that it was in that run'
        : 'its mode, times and owner are those of that run';
    this.#options.log.info(`WARNING: "${textOf(key)}" was stored after the tree of the run: ${what}.`);
  }

  /** @throws {NotRestoredError} */
  makeFolder(entry: Entry): void {
    // Ours alone until everything is in it.
    this.target.makeFolder(entry.key, 0o700);
    this.target.letIn(entry.key);
    this.folders.write(JSON.stringify(entry));
    this.#noteTime(entry);
    this.restored.folders += 1;
  }

  /** @throws {NotRestoredError} */
  makeLink(entry: Entry): void {
    const link = this.#options.stage.link(entry.target ?? ('' as Bytes));
    this.giveMetadata(entry, link);
    setMtimeRoughly(link, entry.inode);
    if (this.target.moveHere(link, entry.key) === 'copied') this.giveMetadata(entry);
    this.#noteTime(entry);
    this.restored.links += 1;
  }

  /**
   * Names the entry if it can't be given its owner and mode, which is no reason to go without it.
   * @param inStage its path, while it is not in its place
   */
  giveMetadata(entry: Entry, inStage?: string | Buffer): void {
    const { metadata } = this.#options;
    try {
      if (inStage !== undefined) metadata.give(inStage, entry);
      else this.target.withHeld(entry.key, entry.type, (path) => metadata.give(path, entry));
    } catch (error) {
      if (!(error instanceof NotRestoredError)) throw error;
      const what = `"${textOf(entry.key)}" is restored, but not its owner and mode as they were`;
      this.#options.incomplete.add(`${what}: ${error.message}.`);
    }
  }

  #noteTime({ key, inode }: Entry): void {
    this.times.write(JSON.stringify({ key, mtime: inode.mtime } satisfies ExactTime));
  }
}

export function notInBucketError(): NotRestoredError {
  return new NotRestoredError('the tree has it, but not the bucket');
}
