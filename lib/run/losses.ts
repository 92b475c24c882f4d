// Counts what a backup would lose, and names examples of it.
import type { Bytes } from '../tree/bytes.js';
import { EmptiedFolders } from '../tree/emptied-folders.js';
import type { LossCounts } from './guard.js';

/** How many files and folders are named. */
export const NAMED = 10;

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
  readonly #folders = new EmptiedFolders(NAMED);
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
      if (this.first.length < NAMED) this.first.push(key);
    }
    // What is kept for want of proof does not make a folder an emptied one.
    this.#folders.add(key, isInBackup, now !== 'gone');
  }

  /** To be asked when all keys were added. */
  get emptiedFolders(): Bytes[] {
    return this.#folders.close().filter((key) => key !== '');
  }
}
