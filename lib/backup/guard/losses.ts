// Counts what a backup would lose, and names examples of it.
import type { Bytes } from '../../tree/bytes.js';
import { EmptiedFolders } from './emptied-folders.js';

/** How many files and folders are named. */
export const MOST_NAMED = 10;

/** What a backup would lose, by the last run's tree or by the listing of the bucket. */
export interface Losses extends LossCounts {
  /** How many of the backup's files are neither on disk nor proven to be gone. */
  readonly kept: number;
  /** The first of the files that are gone. */
  readonly first: readonly Bytes[];
  /** Folders that had files and have none now. */
  readonly emptiedFolders: readonly Bytes[];
}

/** Fed with the keys of files, in their order. */
export class LossCounter implements Losses {
  readonly #folders = new EmptiedFolders(MOST_NAMED);
  readonly first: Bytes[] = [];
  gone = 0;
  mayBeLost = 0;
  kept = 0;
  onDisk = 0;

  /**
   * @param isInBackup whether the backup has a file of this key: so says the last run's tree, or the listing
   * @param now `on disk`; `gone` for certain; or neither, so that the backup's copy is `kept`
   */
  add(key: Bytes, isInBackup: boolean, now: 'on disk' | 'gone' | 'kept'): void {
    if (now === 'on disk') this.onDisk += 1;
    if (isInBackup && now === 'kept') this.kept += 1;
    if (isInBackup && now !== 'kept') this.mayBeLost += 1;
    if (isInBackup && now === 'gone') {
      this.gone += 1;
      if (this.first.length < MOST_NAMED) this.first.push(key);
    }
    // What is kept for want of proof does not make a folder an emptied one.
    this.#folders.add(key, isInBackup, now !== 'gone');
  }

  /** To be asked when all keys were added. */
  get emptiedFolders(): Bytes[] {
    return this.#folders.close().filter((key) => key !== '');
  }
}

/** Numbers of files, by the last run's tree or by the listing of the bucket: each is judged by itself. */
export interface LossCounts {
  /** Those in the backup that are proven to be gone from disk: they would be deleted. */
  readonly gone: number;
  /**
   * Those in the backup that are gone or on disk. What is kept whatever happens is not among them: the more of it
   * there is, the more of the others could go unnoticed.
   */
  readonly mayBeLost: number;
  /** Those on disk, be they in the backup or not. */
  readonly onDisk: number;
}
