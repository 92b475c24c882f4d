// A folder in the destination where files arrive before they are moved into place, so that nothing in the
// destination is ever half written. It outlives a restore that ends early: the next one goes on from there.
import { createHash } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../tree/bytes.js';
import { STAGE_PREFIX } from '../../tree/disk/exclusion.js';
import type { WantedObject } from '../plan/planned-file.js';
import type { HeldFolder } from './held-folder.js';
import { isSafeKey } from './safe-key.js';
import { orNotRestored } from './target.js';

const SINGLES = 'singles-';
/** An `aws` of a killed restore may still write there. */
const REMOVAL = { recursive: true, force: true, maxRetries: 3, retryDelay: 100 };
/** Seconds since the epoch: no object is as old as this. */
const PLACEHOLDER_MTIME = 1;

export class Stage {
  /** For messages. */
  readonly folder: string;
  readonly #destination: HeldFolder;
  readonly #name: string;
  /** Ours alone, so that nobody else can put a link into it. */
  #held: HeldFolder | undefined;
  /**
   * Another one for each process: an `aws` outlives a restore that is killed, and what it writes then must not be
   * taken for a file of the next restore. '' until `open`.
   */
  #singles = '';
  /** Whether an earlier restore has left something in the bulk. */
  #isResumed = false;

  /** @param source tells this restore from others: bucket, prefix */
  constructor(destination: HeldFolder, source: readonly string[]) {
    const name = createHash('sha256').update(source.join('\n')).digest('hex').slice(0, 8);
    this.#destination = destination;
    this.#name = STAGE_PREFIX + name;
    this.folder = join(destination.name, this.#name);
  }

  /** The folder, held open; after `open`. */
  get opened(): HeldFolder {
    if (this.#held === undefined) throw new Error('the stage is not open');
    return this.#held;
  }

  /** Where what is fetched in bulk arrives, under its key; after `open`. */
  get bulk(): string {
    return bulkOf(this.opened);
  }

  /**
   * Makes the folder, or cleans what an earlier restore has left of all but whole files.
   * @throws {BackupError} if it can't be made, or is somebody else's or a link
   */
  open(): void {
    try {
      this.#held = this.#destination.makeOrFind(this.#name, 0o700);
      const before = readdirSync(this.opened.path).filter((name) => name.startsWith(SINGLES));
      this.#singles = mkdtempSync(join(this.opened.path, SINGLES));
      this.#checkOwner();
      for (const name of before) rmSync(join(this.opened.path, name), REMOVAL);
      mkdirSync(this.bulk, { recursive: true, mode: 0o700 });
      removePlaceholders(bytesOf(this.bulk));
      this.#isResumed = readdirSync(this.bulk).length > 0;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      if (errnoOf(error) === 'ENOTDIR') throw this.#inTheWay();
      throw new BackupError(`"${this.folder}" can't be made: ${describeError(error)}.`);
    }
  }

  /** Compares it with what was made in it just now: on some file systems, that is not this user's either. */
  #checkOwner(): void {
    if (statSync(this.opened.path).uid === statSync(this.#singles).uid) return;
    rmdirSync(this.#singles);
    throw this.#inTheWay();
  }

  #inTheWay(): BackupError {
    return new BackupError(`"${this.folder}" is in the way: it is not a folder of this user.`, {
      hint: 'A restore keeps there what has arrived. Remove it.',
    });
  }

  /** How much room on disk is taken by what an earlier restore has left, in bytes. */
  held(): number {
    let found: HeldFolder;
    try {
      found = this.#destination.inner(this.#name);
    } catch {
      return 0;
    }
    try {
      return look(bulkOf(found))?.isDirectory() ? roomOf(bytesOf(bulkOf(found))) : 0;
    } finally {
      found.close();
    }
  }

  /** @returns in words, why it could not be removed; `undefined` if it could */
  remove(): string | undefined {
    try {
      this.opened.empty();
      this.#destination.removeEmpty(this.#name);
      return undefined;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return describeError(error);
    }
  }

  /** The paths of what restores of other sources have left in the destination, or are using there. */
  others(): string[] {
    return readdirSync(this.#destination.path)
      .filter((name) => name.startsWith(STAGE_PREFIX) && name !== this.#name)
      .map((name) => join(this.#destination.name, name));
  }

  /** Where the file of line `index` of the plan arrives when it is fetched by itself; after `open`. */
  single(index: number): string {
    return join(this.#singles, `${index}`);
  }

  /** Removes what a download that failed has left: the AWS CLI finds a wrong checksum when all is written. */
  discard(index: number): void {
    rmSync(this.single(index), { force: true });
  }

  /** Makes a link to move into place. @throws {NotRestored} if the file system refuses */
  link(to: Bytes): string {
    const link = join(this.#singles, 'link');
    rmSync(link, { force: true });
    orNotRestored(() => symlinkSync(pathOf(to), link));
    return link;
  }

  /**
   * Has `aws s3 sync` leave `key` alone: it does not replace a file of the same size that is older than the object.
   * The file is sparse, and takes no room.
   */
  keepOut(key: Bytes, size: number): void {
    if (!isSafeKey(key) || key.endsWith('/')) return;
    const path = joinPath(bytesOf(this.bulk), key);
    try {
      mkdirSync(pathOf(path.slice(0, path.lastIndexOf('/')) as Bytes), { recursive: true, mode: 0o700 });
      const descriptor = openSync(pathOf(path), 'w', 0o600);
      try {
        ftruncateSync(descriptor, size);
        futimesSync(descriptor, PLACEHOLDER_MTIME, PLACEHOLDER_MTIME);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      // Something else needs the place, or the name is too long: then it is fetched, and not used.
      if (errnoOf(error) === undefined) throw error;
    }
  }

  /**
   * Removes what an earlier restore has left where `key` is to arrive in bulk, unless it is the listed object:
   * `aws s3 sync` would leave an older one of the same size alone, and writes no file over a folder.
   */
  makeRoom(key: Bytes, want: WantedObject, index: number): void {
    if (!this.#isResumed || this.arrived(key, want, index) !== undefined) return;
    let path = joinPath(bytesOf(this.bulk), key);
    try {
      rmSync(pathOf(path), REMOVAL);
    } catch (error) {
      // A file is at a folder above, or it can't be removed: then it does not arrive, which is told.
      if (errnoOf(error) === undefined) throw error;
    }
    do path = path.slice(0, path.lastIndexOf('/')) as Bytes;
    while (look(pathOf(path)) === undefined);
    if (!look(pathOf(path))?.isDirectory()) rmSync(pathOf(path), REMOVAL);
  }

  /**
   * The file that has arrived for line `index` of the plan. One that came in bulk is of the listed object if it has
   * its time, to which the AWS CLI sets it in whole seconds, or FAT in even ones: it is no placeholder, and no later
   * version.
   */
  arrived(key: Bytes, want: WantedObject, index: number): string | Buffer | undefined {
    const single = this.single(index);
    if (look(single)?.size === want.size) return single;
    const file = pathOf(joinPath(bytesOf(this.bulk), key));
    const found = look(file);
    const listed = Math.floor(want.lastModified / 1000);
    const seconds = Math.floor((found?.mtimeMs ?? 0) / 1000);
    const isListed = seconds === listed || (listed % 2 === 1 && seconds === listed - 1);
    return found?.isFile() && found.size === want.size && isListed ? file : undefined;
  }
}

/** Whether a destination is as good as empty: it may hold what an earlier restore has left. */
export function isEmptyBut(names: readonly string[]): boolean {
  return names.every((name) => name.startsWith(STAGE_PREFIX));
}

function bulkOf(stage: HeldFolder): string {
  return join(stage.path, 'bulk');
}

function roomOf(folder: Bytes): number {
  let room = 0;
  for (const entry of readdirSync(pathOf(folder), { encoding: 'latin1', withFileTypes: true })) {
    const path = joinPath(folder, entry.name as Bytes);
    room += entry.isDirectory() ? roomOf(path) : (look(pathOf(path))?.blocks ?? 0) * 512;
  }
  return room;
}

function removePlaceholders(folder: Bytes): void {
  for (const entry of readdirSync(pathOf(folder), { encoding: 'latin1', withFileTypes: true })) {
    const path = joinPath(folder, entry.name as Bytes);
    if (entry.isDirectory()) removePlaceholders(path);
    else if (look(pathOf(path))?.mtimeMs === PLACEHOLDER_MTIME * 1000) rmSync(pathOf(path));
  }
}

function look(path: string | Buffer): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
