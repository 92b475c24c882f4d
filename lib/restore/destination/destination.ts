// The destination of a restore. Nothing is written outside of it, not even through a link that is in it or that
// somebody puts there during the restore.
import { randomUUID } from 'node:crypto';
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  type PathLike,
  readlinkSync,
  statSync,
} from 'node:fs';
import { describeError, errnoOf } from '../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, parentOf, pathOf, textOf, withoutSlash } from '../../tree/bytes.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';
import type { Entry } from '../../tree/entry.js';
import { FoldersBelow } from './folders-below.js';
import { type HeldFolder, WITHOUT_FOLLOWING } from './held-folder.js';
import { move } from './move.js';

/** Why one entry is not restored: the end of a sentence. */
export class NotRestoredError extends Error {}

/** Which key owns a place that several keys share; see `FoldedNames`. */
interface PlaceOwners {
  assertFree(key: Bytes, isOccupied: boolean): void;
  occupy(key: Bytes): void;
}

export class Destination {
  readonly folders: FoldersBelow;
  readonly #overwrites: boolean;
  readonly #names: PlaceOwners | undefined;

  /**
   * @param overwrites true if it may replace existing files and links
   * @param names `undefined` if the file system distinguishes all names
   */
  constructor(root: HeldFolder, overwrites: boolean, names?: PlaceOwners) {
    this.folders = new FoldersBelow(root);
    this.#overwrites = overwrites;
    this.#names = names;
  }

  /** The stats of the file, folder or link at `key`; `undefined` if there is none, or its path has a link. */
  statsOf(key: Bytes): BigIntStats | undefined {
    try {
      return lstatSync(this.#path(key), { bigint: true });
    } catch {
      return undefined;
    }
  }

  /** The target of the link at `key`; `undefined` if there is none. */
  targetOf(key: Bytes): Bytes | undefined {
    try {
      return readlinkSync(this.#path(key), { encoding: 'latin1' }) as Bytes;
    } catch {
      return undefined;
    }
  }

  /**
   * Makes a folder and those above it.
   * @param key ends in a `/`, or is empty
   * @param mode of the folder itself, if it is created
   * @throws {NotRestoredError} if a file or link has the place of one of them
   */
  makeFolder(key: Bytes, mode = 0o777): void {
    if (this.folders.isEntered(key)) return;
    this.makeFolder(parentOf(key));
    const found = this.statsOf(key);
    if (found !== undefined && !found.isDirectory()) throw this.#isOccupiedError(key, found);
    orNotRestored(() => {
      if (found === undefined) mkdirSync(this.#path(key), mode);
      this.folders.enter(key);
    });
  }

  /** Lets this user write in a folder whose mode keeps its owner out. Its mode is set again at the end. */
  letOwnerWrite(key: Bytes): void {
    try {
      this.withOpen(key, 'directory', (path) => {
        const mode = statSync(path).mode & 0o7777;
        if ((mode & 0o700) !== 0o700) chmodSync(path, mode | 0o700);
      });
    } catch (error) {
      // Somebody else's folder: files that can't be written there are reported.
      if (!(error instanceof NotRestoredError)) throw error;
    }
  }

  /**
   * Moves a file or link to `key`, and replaces a file or link there.
   * @returns see `move`
   * @throws {NotRestoredError} if that is impossible, or another key owns the place
   */
  moveIn(from: PathLike, key: Bytes): 'renamed' | 'copied' {
    const parent = parentOf(key);
    this.makeFolder(parent);
    const found = this.statsOf(key);
    this.#names?.assertFree(key, found !== undefined);
    if (found !== undefined && (!this.#overwrites || found.isDirectory())) {
      throw this.#isOccupiedError(key, found);
    }
    const unusedPath = () => this.#path(`${parent}.encrypted-s3-${randomUUID()}` as Bytes);
    const how = orNotRestored(() => move(from, this.#path(key), unusedPath));
    this.#names?.occupy(key);
    return how;
  }

  /**
   * Takes the existing file or folder for `key`.
   * @throws {NotRestoredError} if another key owns the place
   */
  claim(key: Bytes): void {
    this.#names?.assertFree(key, true);
    this.#names?.occupy(key);
  }

  /**
   * Calls `action` with a path to the entry at `key`. The path of a file or folder leads to it even if somebody
   * replaces it meanwhile; `action` must not follow the path of a link.
   * @throws {NotRestoredError} if something else is there, or the file system refuses
   */
  withOpen<Result>(key: Bytes, type: Entry['type'], action: (path: string | Buffer) => Result): Result {
    return orNotRestored(() => {
      const path = this.#path(key);
      if (type === 'link') return action(path);
      const descriptor = openSync(path, WITHOUT_FOLLOWING);
      try {
        const open = pathOfDescriptor(descriptor);
        const found = statSync(open);
        if (type === 'file' ? found.isFile() : found.isDirectory()) return action(open);
        throw new NotRestoredError('something else has taken its place');
      } finally {
        closeSync(descriptor);
      }
    });
  }

  /**
   * A path through a folder that is held open until the next one is entered.
   * @throws the system's error; ENOTDIR if the path has a link or a file
   */
  #path(key: Bytes): string | Buffer {
    const parent = parentOf(key);
    const name = withoutSlash(key.slice(parent.length) as Bytes);
    return pathOf(joinPath(bytesOf(this.folders.enter(parent)), name));
  }

  #isOccupiedError(key: Bytes, found: BigIntStats): NotRestoredError {
    const type = found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'file';
    const path = textOf(joinPath(bytesOf(this.folders.root.name), withoutSlash(key)));
    return new NotRestoredError(`a ${type} is at "${path}"`);
  }
}

/** @throws {NotRestoredError} if the file system refuses */
export function orNotRestored<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new NotRestoredError(describeError(error));
  }
}
