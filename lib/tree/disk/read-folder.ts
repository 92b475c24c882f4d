// Reads the names in a folder, with their types.
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, joinPath, pathOf } from '../bytes.js';

/** A name in a folder. Both are false if its type is unknown. */
export interface FolderEntry {
  readonly name: string;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/**
 * The contents of a folder; the names are `Bytes`.
 *
 * Where a file system does not give the types of names, Node calls lstat(2) for each. It fails at a name that is not
 * ASCII, and waits for ever for a mount that hangs: in these folders the types are found here.
 * @param mounts the names at which something is mounted; `undefined` if there is none
 * @throws the system's error
 */
export function readFolder(folder: Bytes, mounts?: ReadonlySet<string>): FolderEntry[] {
  const path = pathOf(folder);
  try {
    if (mounts === undefined) return readdirSync(path, { encoding: 'latin1', withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || !existsSync(path)) throw error;
  }
  return namesIn(folder).map((name) => {
    const isMount = mounts?.has(name) === true;
    return new TypedName(name, isMount ? 'directory' : typeOf(joinPath(folder, name)));
  });
}

type NameType = 'directory' | 'link' | undefined;

/** Small: a folder may have a million names. */
class TypedName implements FolderEntry {
  readonly name: string;
  readonly #type: NameType;

  constructor(name: string, type: NameType) {
    this.name = name;
    this.#type = type;
  }

  isDirectory(): boolean {
    return this.#type === 'directory';
  }

  isSymbolicLink(): boolean {
    return this.#type === 'link';
  }
}

/** The names in a folder, without a look at any of them. @throws the system's error */
export function namesIn(folder: Bytes): Bytes[] {
  return readdirSync(pathOf(folder), { encoding: 'latin1' }) as Bytes[];
}

/** `undefined`, too, if lstat(2) fails: whoever reads the entry finds out why. */
function typeOf(path: Bytes): NameType {
  try {
    const stats = lstatSync(pathOf(path));
    return stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'link' : undefined;
  } catch {
    return undefined;
  }
}
