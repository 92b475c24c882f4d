// Who could lead a path elsewhere: the owner of a folder or link on it, and whoever may write to such a folder.
import type { PathPart } from './path-parts.js';

const STICKY = 0o1000;
/** Mode bits. */
export const OTHERS_WRITE = 0o002;
export const GROUP_AND_OTHERS_WRITE = 0o022;

interface ChangeRule {
  /** The mode bits of those who must not be able to write. Default: group and others. */
  readonly writers?: number;
  /** True if others must not even add a file to the last part. */
  readonly isDestination?: boolean;
}

/**
 * The first part of a path that anyone but root and `user` can change. In a sticky folder, such as `/tmp`, others can
 * write, but not rename or replace files that are not theirs.
 */
export function partOfOthers(
  parts: readonly PathPart[],
  user: number | undefined,
  { writers = GROUP_AND_OTHERS_WRITE, isDestination = false }: ChangeRule = {},
): PathPart | undefined {
  return parts.find(({ uid, mode, isLink }, index) => {
    const isKept = (mode & STICKY) !== 0 && !(isDestination && index === parts.length - 1);
    return isOthers(uid, user) || (!isLink && (mode & writers) !== 0 && !isKept);
  });
}

export function isOthers(uid: number, user: number | undefined): boolean {
  return uid !== 0 && uid !== user;
}
