// Refuses a run before it would lose what a disk that is not mounted, a slip or an accident has taken away.
import { BackupError } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import { type Bytes, textOf } from '../../tree/bytes.js';
import type { LossCounts, Losses } from './losses.js';

/** So few files may always go. */
const ALWAYS_ALLOWED = 20;

export interface GuardOptions {
  /** The share of the files that may be gone. */
  readonly maxDeletePercent: number;
  /** The user knows that so many are gone. */
  readonly allowsMassDelete: boolean;
}

/** What speaks against going on, if anything does: no file is left, or too large a share is gone. */
export function reasonToRefuse(
  { gone, mayBeLost, onDisk }: LossCounts,
  { maxDeletePercent, allowsMassDelete }: GuardOptions,
): 'none left' | 'too many gone' | undefined {
  if (allowsMassDelete || gone === 0) return undefined;
  if (onDisk === 0) return 'none left';
  const isTooMuch = gone > ALWAYS_ALLOWED && gone * 100 > maxDeletePercent * mayBeLost;
  return isTooMuch ? 'too many gone' : undefined;
}

/** @throws {BackupError} with exit code 4 if there is an `objection`; it names what is gone */
export function assertLossesAllowed(losses: Losses, localDir: string, options: GuardOptions): void {
  const why = reasonToRefuse(losses, options);
  if (why === undefined) return;
  const { gone, mayBeLost, kept, first, emptiedFolders: folders } = losses;
  const what =
    why === 'none left'
      ? `LOCAL_DIR "${localDir}" has no files that can be read, but the backup has ${mayBeLost}`
      : `${gone} of the ${mayBeLost} files in the backup are gone from LOCAL_DIR "${localDir}", more than MAX_DELETE_PERCENT=${options.maxDeletePercent} allows`;
  const message = [
    `${what}: they would be deleted.`,
    `Gone: ${list(first, gone)}.`,
    ...(folders.length === 0 ? [] : [`Folders without files now: ${list(folders, folders.length)}.`]),
    ...(kept === 0 ? [] : [`Not counted: ${filesKept(kept)}, not being proven to be gone.`]),
  ].join('\n');
  throw new BackupError(message, {
    exitCode: exitCode.refused,
    hint: 'If a disk should be mounted there, mount it. If the files are meant to be gone, run the backup once with --allow-mass-delete. Nothing was deleted in the bucket.',
  });
}

function filesKept(count: number): string {
  return count === 1 ? '1 file that is kept' : `${count} files that are kept`;
}

function list(keys: readonly Bytes[], count: number): string {
  const more = count > keys.length ? `, and ${count - keys.length} more` : '';
  return keys.map((key) => `"${textOf(key)}"`).join(', ') + more;
}
