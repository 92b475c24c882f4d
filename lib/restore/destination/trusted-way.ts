// Who could redirect a restore: a user who may change a folder or link on the path of the destination. Root can restore
// anybody's files, so root refuses such a path unless --trust-destination is set.
import { BackupError } from '../../cli/errors.js';
import { type PathPart, partOfOthers, partsOfPath } from '../../tree/disk/trust/who-can-change.js';

const ROOT = 0;

/**
 * The part of the path that a user other than root could change: a clause that "who" can follow; `undefined` if there
 * is none. In a sticky folder nobody else can move root's files; but if it is the destination itself, others could add
 * files.
 * @param isDestination true if the last part is the destination itself
 */
export function reasonNotTrusted(parts: readonly PathPart[], isDestination: boolean): string | undefined {
  const part = partOfOthers(parts, ROOT, { isDestination });
  if (part === undefined) return undefined;
  const { path, uid } = part;
  return uid === ROOT ? `"${path}" can be written to by other users` : `"${path}" belongs to user ${uid}`;
}

/**
 * Checks the path to which root restores. Other users can only restore what they may read.
 * @param existing absolute: the destination, or the nearest folder above it that exists
 * @param destination as the user knows it
 * @param isDestination true if `existing` is the destination itself
 * @throws {BackupError} if another user could redirect the restore
 */
export function assertTrustedPath(existing: string, destination: string, isDestination: boolean): void {
  if (process.geteuid?.() !== 0) return;
  const reason = reasonNotTrusted(partsOfPath(existing), isDestination);
  if (reason === undefined) return;
  throw new BackupError(
    `Root does not restore to "${destination}": ${reason}, who could redirect the restore.`,
    {
      hint: 'Choose a destination whose folders only root can change, such as one below /root; or, if you trust those users, add --trust-destination.',
    },
  );
}
