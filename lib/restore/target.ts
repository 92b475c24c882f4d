// The destination of a restore: nothing is written outside of it, not even through a link that is in it. (Who may
// write in it can put a link there between our look and our step: README says so.)
import { randomUUID } from 'node:crypto';
import { type BigIntStats, chmodSync, lstatSync, mkdirSync, type PathLike } from 'node:fs';
import { errnoOf, wordsOf } from '../errors.js';
import { type Bytes, below, pathOf, textOf } from '../tree/bytes.js';
import { move } from './move.js';

/** Why one entry is not restored, in words that end a sentence. */
export class NotRestored extends Error {}

export class Target {
  readonly root: Bytes;
  readonly #overwrites: boolean;
  /** The folder that was last found, or made, without a link on the way. */
  #sure = '' as Bytes;

  /** @param root an absolute path without links */
  constructor(root: Bytes, overwrites: boolean) {
    this.root = root;
    this.#overwrites = overwrites;
  }

  /** What node:fs takes for the path of `key`. */
  path(key: Bytes): string | Buffer {
    return pathOf(below(this.root, withoutSlash(key)));
  }

  /** For messages. */
  name(key: Bytes): string {
    return textOf(below(this.root, withoutSlash(key)));
  }

  /** What is at `key`; of a link, the link. */
  look(key: Bytes): BigIntStats | undefined {
    try {
      return lstatSync(this.path(key), { bigint: true });
    } catch {
      return undefined;
    }
  }

  /**
   * Makes a folder and those above it.
   * @param key ends in a `/`, or is empty
   * @param mode of the folder itself, if it is made
   * @throws {NotRestored} if something else is in the way of one of them
   */
  makeFolder(key: Bytes, mode = 0o777): void {
    if (this.#sure.startsWith(key)) return;
    this.makeFolder(parentOf(key));
    const found = this.look(key);
    if (found === undefined) orThrow(() => mkdirSync(this.path(key), mode));
    else if (!found.isDirectory()) throw inTheWay(this.name(key), found);
    this.#sure = key;
  }

  /** Has this user write in a folder whose mode keeps its owner out; its mode is set anew at the end. */
  letIn(key: Bytes): void {
    const mode = Number(this.look(key)?.mode ?? 0) & 0o7777;
    if ((mode & 0o700) === 0o700) return;
    try {
      chmodSync(this.path(key), mode | 0o700);
    } catch {
      // Not ours: what can't be written in it will tell.
    }
  }

  /**
   * Moves a file or link to `key`, in place of a file or link that is there.
   * @returns how; see `move`
   * @throws {NotRestored} if it can't be there
   */
  moveHere(from: PathLike, key: Bytes): 'renamed' | 'copied' {
    this.makeFolder(parentOf(key));
    const found = this.look(key);
    if (found !== undefined && (!this.#overwrites || found.isDirectory())) {
      throw inTheWay(this.name(key), found);
    }
    const besides = () => this.path(`${parentOf(key)}.encrypted-s3-${randomUUID()}` as Bytes);
    return orThrow(() => move(from, this.path(key), besides));
  }
}

/** The key of the folder that `key` is in; '' at the top. */
export function parentOf(key: Bytes): Bytes {
  return key.slice(0, withoutSlash(key).lastIndexOf('/') + 1) as Bytes;
}

function withoutSlash(key: Bytes): Bytes {
  return (key.endsWith('/') ? key.slice(0, -1) : key) as Bytes;
}

function inTheWay(name: string, found: BigIntStats): NotRestored {
  const what = found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'file';
  return new NotRestored(`a ${what} is at "${name}"`);
}

/** @throws {NotRestored} for what the file system refuses */
export function orThrow<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new NotRestored(wordsOf(error));
  }
}
