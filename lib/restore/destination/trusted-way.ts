// Who could lead a restore elsewhere: a user who may change a folder or link on the way to the destination can put
// something else there. What root restores may be anybody's, so root does not go such a way unasked.
import { BackupError } from '../../cli/errors.js';
import { type PathPart, partsOfPath } from '../../tree/disk/path-parts.js';

const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;

/**
 * What another user than root could change, in words that "who" can follow; `undefined` if there is nothing.
 * In a sticky folder nobody else can move what is root's; but who may put files into it makes it no destination.
 * @param isToDestination whether the last one is the folder that is restored to
 */
export function reasonNotTrusted(way: readonly PathPart[], isToDestination: boolean): string | undefined {
  for (const [index, { path, uid, mode, isLink }] of way.entries()) {
    if (uid !== 0) return `"${path}" belongs to user ${uid}`;
    const isDestination = isToDestination && index === way.length - 1;
    const isHarmless = isLink || (mode & OTHERS_WRITE) === 0 || ((mode & STICKY) !== 0 && !isDestination);
    if (!isHarmless) return `"${path}" can be written to by other users`;
  }
  return undefined;
}

/**
 * Checks where root restores to; other users restore nothing that they may not read.
 * @param way absolute, and there: the destination, or the nearest folder above it
 * @param destination as the user knows it
 * @param isToDestination whether `way` is the folder that is restored to
 * @throws {BackupError} if another user could lead the restore elsewhere
 */
export function assertTrustedPath(way: string, destination: string, isToDestination: boolean): void {
  if (process.geteuid?.() !== 0) return;
  const reason = reasonNotTrusted(partsOfPath(way), isToDestination);
  if (reason === undefined) return;
  throw new BackupError(
    `Root does not restore to "${destination}": ${reason}, who could lead the restore elsewhere.`,
    {
      hint: 'Choose a destination whose folders only root can change, as below /root; or, if those users are to be trusted, add --trust-destination.',
    },
  );
}
