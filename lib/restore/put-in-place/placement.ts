// Puts single entries into the destination, and notes what has to be done at the end.
import { join } from 'node:path';
import type { Incomplete } from '../../cli/log/incomplete.js';
import type { Log } from '../../cli/log/log.js';
import type { Interruption } from '../../cli/signals/interruption.js';
import { type Bytes, parentOf, textOf } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { Spool } from '../../tree/streams/spool.js';
import { type Destination, NotRestoredError } from '../destination/destination.js';
import type { Stage } from '../destination/stage.js';
import type { FetchFailure } from '../fetch/singly.js';
import type { ExactTime } from '../metadata/exact-times.js';
import { type Metadata, setMode, setMtime } from '../metadata/metadata.js';
import type { PlannedFile } from '../plan/planned-file.js';
import { isMtimeOf, type KeptFiles, whatAFileReplaces } from '../plan/what-is-replaced.js';
import { Notices } from './notices.js';

export interface PlacementOptions {
  readonly destination: Destination;
  readonly keeps: KeptFiles;
  readonly stage: Stage;
  readonly metadata: Metadata;
  /** Collects the entries that are not restored as the tree has them. */
  readonly incomplete: Incomplete;
  /** Logs files that are newer than the tree. */
  readonly log: Pick<Log, 'info'>;
  /** Why files did not arrive, as far as that is known, by their numbers in the plan. */
  readonly failures: ReadonlyMap<number, FetchFailure>;
  readonly interruption: Interruption;
  readonly tempFolder: string;
  /** Notes the files that are put in place, as JSON of `PlannedFile`, if they are to be verified. */
  readonly placed: Spool | undefined;
}

export class Placement {
  readonly restored = { files: 0, folders: 0, links: 0 };
  readonly notices: Notices;
  /** JSON of `ExactTime`. */
  readonly times: Spool;
  /** JSON of `Entry`, in the order of their keys. */
  readonly folders: Spool;
  readonly #options: PlacementOptions;

  constructor(options: PlacementOptions) {
    this.#options = options;
    this.notices = new Notices(options);
    this.times = new Spool(join(options.tempFolder, 'times'));
    this.folders = new Spool(join(options.tempFolder, 'folders'));
  }

  /** Runs `action`, and reports `key` if it can't be restored. @throws {InterruptedError} if a signal has arrived */
  attempt(key: Bytes, action: () => void): void {
    this.#options.interruption.check();
    try {
      action();
    } catch (error) {
      if (!(error instanceof NotRestoredError)) throw error;
      const name = textOf(key);
      this.#options.incomplete.addFailure(name, 'is not restored', error.message, name);
    }
  }

  /**
   * @param mode of a file that the tree lacks; by default what umask leaves
   * @throws {NotRestoredError}
   */
  putFile(file: PlannedFile, mode?: number): void {
    const { key, wanted, method, entry, isNewer } = file;
    if (wanted === undefined || method === 'not wanted')
      throw new NotRestoredError('the tree has it, but the bucket does not');
    if (method === 'folder') {
      this.#options.destination.makeFolder(key);
      return;
    }
    if (method === 'there already') {
      this.#options.destination.makeFolder(parentOf(key));
      this.#options.destination.claim(key);
      this.#assertStillThere(key, entry);
      if (entry !== undefined) this.applyMetadata(entry);
    } else this.#moveIn(file, mode);
    this.restored.files += 1;
    this.#options.placed?.write(JSON.stringify(file));
    if (entry === undefined) return;
    this.#noteTime(entry);
    if (isNewer) this.notices.logNewer(key, 'its mode, times and owner are those of that run');
    const { size } = entry.inode;
    if (size === wanted.size) return;
    this.#options.incomplete.add(
      `"${textOf(key)}" is restored as it is in the bucket, ${wanted.size} bytes; the tree has ${size}.`,
    );
  }

  /** @throws {NotRestoredError} */
  makeFolder(entry: Entry): void {
    const { destination } = this.#options;
    // Private until everything is in it.
    destination.makeFolder(entry.key, 0o700);
    destination.claim(entry.key);
    destination.letOwnerWrite(entry.key);
    this.folders.write(JSON.stringify(entry));
    this.#noteTime(entry);
    this.restored.folders += 1;
  }

  /** @throws {NotRestoredError} */
  makeLink(entry: Entry): void {
    const link = this.#options.stage.makeLink(entry.target ?? ('' as Bytes));
    this.#moveInWithMetadata(link, entry);
    this.#noteTime(entry);
    this.restored.links += 1;
  }

  /** Takes the existing link. @throws {NotRestoredError} if another key owns the place */
  claimLink(entry: Entry): void {
    this.#options.destination.claim(entry.key);
    this.applyMetadata(entry);
    this.#noteTime(entry);
    this.restored.links += 1;
  }

  /** Sets owner and mode; a failure is only noted, since the entry is restored. */
  applyMetadata(entry: Entry): void {
    const { metadata, destination } = this.#options;
    this.#noteUnlike(
      entry,
      'owner',
      whyNotRestored(() =>
        destination.withOpen(entry.key, entry.type, (path) => metadata.apply(path, entry)),
      ),
    );
  }

  #noteUnlike({ key }: Pick<Entry, 'key'>, what: 'owner' | 'mtime', why: string | undefined): void {
    if (why !== undefined) this.notices.logUnlike(key, what, why);
  }

  /** A download may take hours: a file that somebody changed meanwhile does not get its old mtime. */
  #assertStillThere(key: Bytes, entry: Entry | undefined): void {
    const found = this.#options.destination.statsOf(key);
    if (found === undefined || (entry !== undefined && !isMtimeOf(found.mtimeNs, entry.inode)))
      throw new NotRestoredError('it existed already, and has changed meanwhile');
  }

  #assertNotNewer(file: PlannedFile): void {
    const { destination, keeps } = this.#options;
    if (keeps === 'newer' && whatAFileReplaces(destination, file, file.entry) === 'newer')
      throw new NotRestoredError('a newer file has taken its place meanwhile');
  }

  #moveIn(file: PlannedFile, mode: number | undefined): void {
    const { destination, stage, failures, incomplete } = this.#options;
    const arrived = stage.findArrived(file);
    if (arrived === undefined) {
      const { why, hint } = failures.get(file.index) ?? { why: 'it did not arrive; syslog says why' };
      incomplete.addHint(hint);
      throw new NotRestoredError(why);
    }
    this.#assertNotNewer(file);
    if (file.entry !== undefined) {
      this.#moveInWithMetadata(arrived, file.entry);
      return;
    }
    const why = mode === undefined ? undefined : whyNotRestored(() => setMode(arrived, mode));
    destination.moveIn(arrived, file.key);
    this.#noteUnlike(file, 'owner', why);
  }

  /** Refused metadata is noted once the entry is in its place. */
  #moveInWithMetadata(inStage: string | Buffer, entry: Entry): void {
    const { metadata, destination } = this.#options;
    const owner = whyNotRestored(() => metadata.apply(inStage, entry));
    const mtime = whyNotRestored(() => setMtime(inStage, entry.inode));
    const how = destination.moveIn(inStage, entry.key);
    this.#noteUnlike(entry, 'mtime', mtime);
    if (how === 'copied') this.applyMetadata(entry);
    else this.#noteUnlike(entry, 'owner', owner);
  }

  #noteTime({ key, inode }: Entry): void {
    this.times.write(JSON.stringify({ key, mtime: inode.mtime } satisfies ExactTime));
  }
}

/** @returns why the file system refused; `undefined` if it did not */
function whyNotRestored(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof NotRestoredError)) throw error;
    return error.message;
  }
}
