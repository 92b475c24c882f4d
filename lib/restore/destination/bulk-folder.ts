// The folder into which `aws s3 sync` downloads, each file under its key. Files that have arrived whole are kept for
// the next restore. Placeholders make the AWS CLI skip unwanted files.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../tree/bytes.js';
import type { WantedObject } from '../plan/planned-file.js';
import { REMOVAL } from './held-folder.js';
import { isSafeKey } from './safe-key.js';

/** Seconds since the epoch: no object is as old as this. */
const PLACEHOLDER_MTIME = 1;
/** Seconds since the epoch; an even number, since FAT keeps only those. */
const PROBED_MTIME = 1_500_000_000;

export class BulkFolder {
  readonly path: string;
  /** Whether an earlier restore has left files. */
  readonly #isResumed: boolean;
  readonly #keepsTimes: boolean;

  /**
   * Creates the folder, or removes the placeholders from it; where files keep no times, all files, since nothing
   * distinguishes them from placeholders.
   * @throws the system's error
   */
  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#keepsTimes = keepsTimes(path);
    for (const [file, stats] of filesBelow(bytesOf(path))) {
      if (!this.#keepsTimes || stats.mtimeMs === PLACEHOLDER_MTIME * 1000) rmSync(pathOf(file));
    }
    this.#isResumed = readdirSync(path).length > 0;
  }

  /**
   * Makes `aws s3 sync` skip `key` by an older file of the object's size, which it does not replace. That file is
   * sparse, so it takes no space.
   * @param size of the object in bytes
   */
  writePlaceholder(key: Bytes, size: number): void {
    if (!isSafeKey(key) || key.endsWith('/')) return;
    const path = this.#path(key);
    try {
      mkdirSync(pathOf(folderOf(path)), { recursive: true, mode: 0o700 });
      const descriptor = openSync(pathOf(path), 'w', 0o600);
      try {
        ftruncateSync(descriptor, size);
        futimesSync(descriptor, PLACEHOLDER_MTIME, PLACEHOLDER_MTIME);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      // Another file has the place, or the name is too long: the object is downloaded, but not used.
      if (errnoOf(error) === undefined) throw error;
    }
  }

  /**
   * Removes the remains of an earlier restore at the place of `key`, unless they are the wanted object: `aws s3 sync`
   * would keep an older file of the same size, and can't replace a folder by a file.
   */
  removeStale(key: Bytes, wanted: WantedObject): void {
    if (!this.#isResumed || this.find(key, wanted) !== undefined) return;
    let path = this.#path(key);
    try {
      rmSync(pathOf(path), REMOVAL);
    } catch (error) {
      // A folder above is a file, or it can't be removed: the file does not arrive, and is reported.
      if (errnoOf(error) === undefined) throw error;
    }
    do path = folderOf(path);
    while (statsOf(path) === undefined);
    if (!statsOf(path)?.isDirectory()) rmSync(pathOf(path), REMOVAL);
  }

  /**
   * The file of `key`, if it is the wanted object and whole: by its size, and by its time in whole seconds, which the
   * AWS CLI sets (FAT keeps even ones). Placeholders and later versions have other times. Where files keep no times,
   * only the size counts: otherwise each file would be fetched again singly.
   */
  find(key: Bytes, { size, lastModified }: WantedObject): string | Buffer | undefined {
    const path = this.#path(key);
    const found = statsOf(path);
    if (found === undefined || !found.isFile() || found.size !== size) return undefined;
    if (!this.#keepsTimes) return pathOf(path);
    const seconds = (ms: number) => Math.floor(ms / 1000);
    const [stored, set] = [seconds(lastModified), seconds(found.mtimeMs)];
    return set === stored || (stored % 2 === 1 && set === stored - 1) ? pathOf(path) : undefined;
  }

  #path(key: Bytes): Bytes {
    return joinPath(bytesOf(this.path), key);
  }
}

/** Whether files there keep the times that are set. */
function keepsTimes(folder: string): boolean {
  const probe = join(folder, `.encrypted-s3-${randomUUID()}`);
  try {
    writeFileSync(probe, '', { mode: 0o600 });
    utimesSync(probe, PROBED_MTIME, PROBED_MTIME);
    return statSync(probe).mtimeMs === PROBED_MTIME * 1000;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** How much space the files below a folder take on disk (bytes). */
export function bytesOnDisk(folder: string): number {
  let blocks = 0;
  for (const [, stats] of filesBelow(bytesOf(folder))) blocks += stats.blocks;
  return blocks * 512;
}

function* filesBelow(folder: Bytes): Generator<[Bytes, Stats]> {
  for (const entry of readdirSync(pathOf(folder), { encoding: 'latin1', withFileTypes: true })) {
    const path = joinPath(folder, entry.name as Bytes);
    if (entry.isDirectory()) yield* filesBelow(path);
    else {
      const stats = statsOf(path);
      if (stats !== undefined) yield [path, stats];
    }
  }
}

function folderOf(path: Bytes): Bytes {
  return path.slice(0, path.lastIndexOf('/')) as Bytes;
}

function statsOf(path: Bytes): Stats | undefined {
  try {
    return lstatSync(pathOf(path));
  } catch {
    return undefined;
  }
}
