// The destination of a restore: nothing is written outside of it, not even through a link that is in it or that
// somebody puts there meanwhile.
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
import { type Bytes, bytesOf, joinPath, pathOf, textOf } from '../../tree/bytes.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';
import type { Entry } from '../../tree/entry.js';
import { FoldersBelow } from './folders-below.js';
import { type HeldFolder, WITHOUT_FOLLOWING } from './held-folder.js';
import { move } from './move.js';

/** Why one entry is not restored, in words that end a sentence. */
export class NotRestoredError extends Error {}

/** Which key has a place that others share; see `FoldedNames`. */
export interface PlaceOwners {
  assertFree(key: Bytes, isOccupied: boolean): void;
  occupy(key: Bytes): void;
}

export class Destination {
  readonly folders: FoldersBelow;
  readonly #overwrites: boolean;
  readonly #names: PlaceOwners | undefined;

  /**
   * @param overwrites true if it may replace files and links that are there
   * @param names `undefined` if the file system tells all names apart
   */
  constructor(root: HeldFolder, overwrites: boolean, names?: PlaceOwners) {
    this.folders = new FoldersBelow(root);
    this.#overwrites = overwrites;
    this.#names = names;
  }

  /** What is at `key`; of a link, the link. `undefined` also if a link is on the way. */
  statsOf(key: Bytes): BigIntStats | undefined {
    try {
      return lstatSync(this.#path(key), { bigint: true });
    } catch {
      return undefined;
    }
  }

  /** Where the link at `key` leads; `undefined` if there is none. */
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
   * @param mode of the folder itself, if it is made
   * @throws {NotRestoredError} if something else is in the place of one of them
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
      // Somebody else's folder: what can't be written in it will be named.
      if (!(error instanceof NotRestoredError)) throw error;
    }
  }

  /**
   * Moves a file or link to `key`, in place of a file or link that is there.
   * @returns see `move`
   * @throws {NotRestoredError} if it can't be there, or another key has the place
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
   * Takes the file or folder that is there for `key`.
   * @throws {NotRestoredError} if another key has the place
   */
  claim(key: Bytes): void {
    this.#names?.assertFree(key, true);
    this.#names?.occupy(key);
  }

  /**
   * Calls `action` with a path of what is at `key`. The path of a file or folder leads to it whatever somebody puts in
   * its place meanwhile; `action` must not follow that of a link.
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
   * Leads through a folder that is held open until the next one is entered.
   * @throws the system's error; ENOTDIR if a link or a file is on the way
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

/** The key of the folder that `key` is in; '' at the top. */
export function parentOf(key: Bytes): Bytes {
  return key.slice(0, withoutSlash(key).lastIndexOf('/') + 1) as Bytes;
}

export function withoutSlash(key: Bytes): Bytes {
  return (key.endsWith('/') ? key.slice(0, -1) : key) as Bytes;
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
