// Names that are one and the same to the file system of the destination: some ignore case, some store accents in one
// form only, some drop a dot at the end. There, `A.txt` would get the content of `a.txt`, and nobody would know.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, textOf } from '../../tree/bytes.js';
import { NotRestoredError, withoutSlash } from './destination.js';

/** Makes one spelling of all those that a file system does not tell apart. */
interface Folding {
  readonly name: string;
  /** Another spelling of `name`. */
  readonly alias: string;
  readonly fold: (path: string) => string;
}

const FOLDINGS: readonly Folding[] = [
  // Upper case first: it makes `SS` of `ß`, and one letter of the three sigmas.
  { name: 'name', alias: 'NAME', fold: (path) => path.toUpperCase().toLowerCase() },
  { name: '\u00e9', alias: 'e\u0301', fold: (path) => path.normalize('NFD') },
  { name: 'name', alias: 'name.', fold: (path) => path.replaceAll(/\.+(?=\/|$)/g, '') },
];

/**
 * Tries in a new folder which names are the same.
 * @returns `undefined` if the file system tells all names apart
 */
export function detectFolding(folder: string, foldings = FOLDINGS): Folding['fold'] | undefined {
  const probe = mkdtempSync(join(folder, 'probe-'));
  const found = foldings.filter((folding) => isFolding(probe, folding));
  rmSync(probe, { recursive: true });
  return found.length === 0 ? undefined : (path) => found.reduce((it, { fold }) => fold(it), path);
}

/** Also true if such a name can't be made there: `assertFree` looks at each place once more. */
function isFolding(folder: string, { name, alias }: Folding): boolean {
  try {
    writeFileSync(join(folder, name), '');
    const isSame = existsSync(join(folder, alias));
    rmSync(join(folder, name));
    return isSame;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return true;
  }
}

/**
 * Which keys share a place with another key of the restore. The first that is put there has it; the others are not
 * restored, and named. Holds about 50 bytes a key, in destinations that fold names only.
 */
export class FoldedNames {
  readonly #fold: Folding['fold'];
  readonly #seen = new Set<number>();
  readonly #shared = new Set<number>();
  readonly #owners = new Map<string, Bytes>();

  constructor(fold: Folding['fold']) {
    this.#fold = fold;
  }

  /** Called with each key once, before any other method. */
  add(key: Bytes): void {
    const hash = hashOf(this.#folded(key));
    (this.#seen.has(hash) ? this.#shared : this.#seen).add(hash);
  }

  isShared(key: Bytes): boolean {
    return this.#shared.size > 0 && this.#shared.has(hashOf(this.#folded(key)));
  }

  /**
   * @param isOccupied whether something is in its place: names that fold together here may differ to the file system
   * @throws {NotRestoredError} if another key has the place
   */
  assertFree(key: Bytes, isOccupied: boolean): void {
    const owner = this.#owners.get(this.#folded(key));
    if (owner === undefined || owner === key || !isOccupied) return;
    throw new NotRestoredError(
      `"${textOf(owner)}" has its place: to this file system, both names are the same`,
    );
  }

  /** Notes that `key` has its place now. */
  occupy(key: Bytes): void {
    if (this.isShared(key)) this.#owners.set(this.#folded(key), key);
  }

  /** A file and a folder can't share a place either. */
  #folded(key: Bytes): string {
    return this.#fold(textOf(withoutSlash(key)));
  }
}

function hashOf(text: string): number {
  return createHash('sha1').update(text).digest().readUIntBE(0, 6);
}
