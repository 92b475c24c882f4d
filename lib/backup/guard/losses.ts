// Counts the files that a backup would lose, and refuses too many. An unmounted disk, a slip or an accident must not
// empty the bucket.
import { BackupError } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import { formatCount } from '../../cli/units/quantities.js';
import { type Bytes, textOf } from '../../tree/bytes.js';
import type { Batches } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { EmptiedFolders } from './emptied-folders.js';

/** How many files and folders a message names. */
const MOST_NAMED = 10;
/** So many files may always be gone. */
const ALWAYS_ALLOWED = 20;

/** Numbers of files, by the last run's tree or by the listing of the bucket. */
export interface Losses {
  /** In the backup, and proven to be gone from disk: they would be deleted. */
  readonly gone: number;
  /**
   * In the backup, and either gone or on disk. Files that are kept in any case don't count: they would make the share
   * of lost files smaller.
   */
  readonly mayBeLost: number;
  /** On disk, whether in the backup or not. */
  readonly onDisk: number;
  /** How many of the backup's files are neither on disk nor proven to be gone. */
  readonly kept: number;
  /** The first of the files that are gone. */
  readonly first: readonly Bytes[];
  /** Folders that had files and have none now. */
  readonly emptiedFolders: readonly Bytes[];
}

/** Counts the files of a backup, which come sorted by key. */
export class LossCounter implements Losses {
  readonly #folders = new EmptiedFolders(MOST_NAMED);
  readonly first: Bytes[] = [];
  gone = 0;
  mayBeLost = 0;
  kept = 0;
  onDisk = 0;

  /**
   * @param isInBackup whether the last run's tree, or the listing, has a file of this key
   * @param now `gone` if that is proven; `kept` if it is not proven, so that the object stays
   */
  add(key: Bytes, isInBackup: boolean, now: 'on disk' | 'gone' | 'kept'): void {
    if (now === 'on disk') this.onDisk += 1;
    if (isInBackup && now === 'kept') this.kept += 1;
    if (isInBackup && now !== 'kept') this.mayBeLost += 1;
    if (isInBackup && now === 'gone') {
      this.gone += 1;
      if (this.first.length < MOST_NAMED) this.first.push(key);
    }
    // A folder with a file that is not proven to be gone does not count as emptied.
    this.#folders.add(key, isInBackup, now !== 'gone');
  }

  /** Valid when all files have been added. */
  get emptiedFolders(): Bytes[] {
    return this.#folders.close().filter((key) => key !== '');
  }
}

/**
 * The losses by the tree, without the files whose objects are deleted already. Other objects of the listing don't
 * count: they would make the share of lost files smaller.
 * @param losses by the tree
 * @param goneInTree the keys that `losses` counts as gone, sorted
 * @param goneInListing the keys in the bucket whose files are gone, sorted
 */
export async function countLossesStillStored(
  losses: Losses,
  goneInTree: Batches<{ readonly key: Bytes }>,
  goneInListing: Batches<{ readonly key: Bytes }>,
): Promise<Losses> {
  const first: Bytes[] = [];
  let gone = 0;
  for await (const pairs of mergeByKey(goneInTree, goneInListing)) {
    for (const [inTree, inListing] of pairs) {
      if (inTree === undefined || inListing === undefined) continue;
      gone += 1;
      if (first.length < MOST_NAMED) first.push(inTree.key);
    }
  }
  const { kept, onDisk, emptiedFolders } = losses;
  const mayBeLost = losses.mayBeLost - losses.gone + gone;
  return { gone, mayBeLost, kept, onDisk, first, emptiedFolders };
}

/** A part of a `Backup`: how many files may be gone. */
interface Limits {
  readonly maxDeletePercent: number;
  readonly flags: { readonly allowsMassDelete: boolean };
}

/** Why a run must not go on: no file is left, or too many are gone; `undefined` if it may go on. */
export function reasonToRefuse(
  { gone, mayBeLost, onDisk }: Pick<Losses, 'gone' | 'mayBeLost' | 'onDisk'>,
  { maxDeletePercent, flags }: Limits,
): 'none left' | 'too many gone' | undefined {
  if (flags.allowsMassDelete || gone === 0) return undefined;
  if (onDisk === 0) return 'none left';
  const isTooMuch = gone > ALWAYS_ALLOWED && gone * 100 > maxDeletePercent * mayBeLost;
  return isTooMuch ? 'too many gone' : undefined;
}

/** @throws {BackupError} with exit code 4, naming what is gone, if there is a reason to refuse */
export function assertLossesAllowed(losses: Losses, backup: Limits & { readonly localDir: string }): void {
  const reason = reasonToRefuse(losses, backup);
  if (reason === undefined) return;
  const { localDir, maxDeletePercent } = backup;
  const { gone, mayBeLost, kept, first, emptiedFolders: folders } = losses;
  const what =
    reason === 'none left'
      ? `LOCAL_DIR "${localDir}" has no files that can be read, but the backup has ${mayBeLost}`
      : `${gone} of the ${mayBeLost} files in the backup are gone from LOCAL_DIR "${localDir}", more than MAX_DELETE_PERCENT=${maxDeletePercent} allows`;
  const message = [
    `${what}: they would be deleted.`,
    `Gone: ${list(first, gone)}.`,
    ...(folders.length === 0 ? [] : [`Folders without files now: ${list(folders, folders.length)}.`]),
    ...(kept === 0
      ? []
      : [`Not counted: ${formatCount(kept, 'file')} not proven to be gone, whose objects stay.`]),
  ];
  throw new BackupError(message, {
    exitCode: exitCode.refused,
    hint: 'If a disk should be mounted there, mount it. If the files are meant to be gone, run the backup once with --allow-mass-delete. Nothing was deleted in the bucket.',
  });
}

function list(keys: readonly Bytes[], count: number): string {
  const more = count > keys.length ? `, and ${count - keys.length} more` : '';
  return keys.map((key) => `"${textOf(key)}"`).join(', ') + more;
}
