// Names that the destination's file system does not distinguish: some ignore case, some store accents in one form only,
// some drop a dot at the end. Unnoticed, `A.txt` would get the content of `a.txt`.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, textOf, withoutSlash } from '../../tree/bytes.js';
import { NotRestoredError } from './destination.js';

/** How a file system folds names. */
interface Folding {
  /** Maps spellings that it may take for the same to one; it may distinguish some of them. */
  readonly fold: (path: string) => string;
  /** Finds out whether two paths lead to the same place. */
  readonly isSamePlace: (path: string, other: string) => boolean;
}

/** A kind of spellings, with an example, that some file systems take for the same. */
interface Spelling {
  readonly name: string;
  /** Another spelling of `name`. */
  readonly alias: string;
  readonly fold: Folding['fold'];
}

const SPELLINGS: readonly Spelling[] = [
  // Upper case first: it makes `SS` of `ß`, and one letter of the three sigmas.
  { name: 'name', alias: 'NAME', fold: (path) => path.toUpperCase().toLowerCase() },
  { name: '\u00e9', alias: 'e\u0301', fold: (path) => path.normalize('NFD') },
  { name: 'name', alias: 'name.', fold: (path) => path.replaceAll(/\.+(?=\/|$)/g, '') },
];

/**
 * Finds out, in new folders below `folder`, which names are the same.
 * @returns `undefined` if the file system distinguishes all names
 */
export function detectFolding(folder: string, spellings = SPELLINGS): Folding | undefined {
  const found = spellings.filter(({ name, alias }) => isSameName(folder, name, alias));
  if (found.length === 0) return undefined;
  return {
    fold: (path) => found.reduce((it, { fold }) => fold(it), path),
    isSamePlace: (path, other) => {
      const [names, others] = [path.split('/'), other.split('/')];
      const areSame = (name: string, alias = '') => name === alias || isSameName(folder, name, alias);
      return names.length === others.length && names.every((name, at) => areSame(name, others[at]));
    },
  };
}

/** Also true if such a name can't be created: `assertFree` checks each place again. */
function isSameName(folder: string, name: string, alias: string): boolean {
  let probe: string | undefined;
  try {
    probe = mkdtempSync(join(folder, 'probe-'));
    writeFileSync(join(probe, name), '');
    return existsSync(join(probe, alias));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return true;
  } finally {
    if (probe !== undefined) rmSync(probe, { recursive: true });
  }
}

/**
 * Which keys share a place with another key of the restore. The first one gets it; the others are not restored, but
 * reported. Takes about 50 bytes for each key, only where the destination folds names.
 */
export class FoldedNames {
  readonly #folding: Folding;
  readonly #seen = new Set<number>();
  readonly #shared = new Set<number>();
  readonly #owners = new Map<string, Bytes[]>();

  constructor(folding: Folding) {
    this.#folding = folding;
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
   * @param isOccupied whether its place is taken, by another key or by itself
   * @throws {NotRestoredError} if another key owns the place
   */
  assertFree(key: Bytes, isOccupied: boolean): void {
    const owners = this.#owners.get(this.#folded(key)) ?? [];
    if (!isOccupied || owners.includes(key)) return;
    const path = pathOfKey(key);
    const owner = owners.find((it) => this.#folding.isSamePlace(pathOfKey(it), path));
    if (owner === undefined) return;
    throw new NotRestoredError(`"${textOf(owner)}" has its place: this file system takes both names for one`);
  }

  /** Notes that `key` owns its place now. */
  occupy(key: Bytes): void {
    if (!this.isShared(key)) return;
    const folded = this.#folded(key);
    this.#owners.set(folded, [...(this.#owners.get(folded) ?? []), key]);
  }

  #folded(key: Bytes): string {
    return this.#folding.fold(pathOfKey(key));
  }
}

/** A file and a folder can't share a place either. */
function pathOfKey(key: Bytes): string {
  return textOf(withoutSlash(key));
}

function hashOf(text: string): number {
  return createHash('sha1').update(text).digest().readUIntBE(0, 6);
}
