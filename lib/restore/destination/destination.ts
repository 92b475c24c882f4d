// The destination of a restore: nothing is written outside of it, not even through a link that is in it, or that
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
  statSync,
} from 'node:fs';
import { describeError, errnoOf } from '../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, pathOf, textOf } from '../../tree/bytes.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';
import { FoldersBelow } from './folders-below.js';
import { type HeldFolder, THING_ITSELF } from './held-folder.js';
import { move } from './move.js';

/** Why one entry is not restored, in words that end a sentence. */
export class NotRestoredError extends Error {}

export class Target {
  readonly folders: FoldersBelow;
  readonly #overwrites: boolean;

  constructor(root: HeldFolder, overwrites: boolean) {
    this.folders = new FoldersBelow(root);
    this.#overwrites = overwrites;
  }

  /** For messages. */
  name(key: Bytes): string {
    return textOf(joinPath(bytesOf(this.folders.root.name), withoutSlash(key)));
  }

  /** What is at `key`; of a link, the link. `undefined`, too, where a link leads there. */
  look(key: Bytes): BigIntStats | undefined {
    try {
      return lstatSync(this.#path(key), { bigint: true });
    } catch {
      return undefined;
    }
  }

  /**
   * Makes a folder and those above it.
   * @param key ends in a `/`, or is empty
   * @param mode of the folder itself, if it is made
   * @throws {NotRestoredError} if something else is in the way of one of them
   */
  makeFolder(key: Bytes, mode = 0o777): void {
    if (this.folders.isEntered(key)) return;
    this.makeFolder(parentOf(key));
    const found = this.look(key);
    if (found !== undefined && !found.isDirectory()) throw inTheWay(this.name(key), found);
    orNotRestored(() => {
      if (found === undefined) mkdirSync(this.#path(key), mode);
      this.folders.enter(key);
    });
  }

  /** Has this user write in a folder whose mode keeps its owner out; its mode is set anew at the end. */
  letIn(key: Bytes): void {
    try {
      this.withHeld(key, 'directory', (path) => {
        const mode = statSync(path).mode & 0o7777;
        if ((mode & 0o700) !== 0o700) chmodSync(path, mode | 0o700);
      });
    } catch (error) {
      // Not ours: what can't be written in it will tell.
      if (!(error instanceof NotRestoredError)) throw error;
    }
  }

  /**
   * Moves a file or link to `key`, in place of a file or link that is there.
   * @returns how; see `move`
   * @throws {NotRestoredError} if it can't be there
   */
  moveHere(from: PathLike, key: Bytes): 'renamed' | 'copied' {
    this.makeFolder(parentOf(key));
    const found = this.look(key);
    if (found !== undefined && (!this.#overwrites || found.isDirectory())) {
      throw inTheWay(this.name(key), found);
    }
    const besides = () => this.#path(`${parentOf(key)}.encrypted-s3-${randomUUID()}` as Bytes);
    return orNotRestored(() => move(from, this.#path(key), besides));
  }

  /**
   * Calls `action` with a path of what is at `key`. That of a file or folder leads to it whatever is put there
   * meanwhile; that of a link must not be followed.
   * @throws {NotRestoredError} if something else is there, or the file system refuses
   */
  withHeld<Result>(
    key: Bytes,
    type: 'file' | 'directory' | 'link',
    action: (path: string | Buffer) => Result,
  ): Result {
    return orNotRestored(() => {
      const path = this.#path(key);
      if (type === 'link') return action(path);
      const descriptor = openSync(path, THING_ITSELF);
      try {
        const held = pathOfDescriptor(descriptor);
        const found = statSync(held);
        if (type === 'file' ? found.isFile() : found.isDirectory()) return action(held);
        throw new NotRestoredError('something else has taken its place');
      } finally {
        closeSync(descriptor);
      }
    });
  }

  /**
   * In a folder that is open, and until another one is.
   * @throws the system's error; ENOTDIR where a link or a file is on the way
   */
  #path(key: Bytes): string | Buffer {
    const parent = parentOf(key);
    return pathOf(
      joinPath(bytesOf(this.folders.enter(parent)), withoutSlash(key.slice(parent.length) as Bytes)),
    );
  }
}

/** The key of the folder that `key` is in; '' at the top. */
export function parentOf(key: Bytes): Bytes {
  return key.slice(0, withoutSlash(key).lastIndexOf('/') + 1) as Bytes;
}

function withoutSlash(key: Bytes): Bytes {
  return (key.endsWith('/') ? key.slice(0, -1) : key) as Bytes;
}

function inTheWay(name: string, found: BigIntStats): NotRestoredError {
  const what = found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'file';
  return new NotRestoredError(`a ${what} is at "${name}"`);
}

/** @throws {NotRestoredError} for what the file system refuses */
export function orNotRestored<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new NotRestoredError(describeError(error));
  }
}
