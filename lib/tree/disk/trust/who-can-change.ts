// The folders and links that a path leads through, and who could lead it elsewhere: the owner of one of them, and
// whoever may write to such a folder.
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** A folder or link. */
export interface PathPart {
  readonly path: string;
  readonly uid: number;
  /** Of stat(2): type and permission bits. */
  readonly mode: number;
  readonly isLink: boolean;
}

/** As many links as Linux follows in one path. */
export const MAX_LINKS = 40;

/**
 * The folders and links through which the kernel looks up `path`, in order, from `/` on. The last one is the target of
 * `path` if that is a folder. Ends where nothing exists.
 *
 * @param directory what a relative path is relative to
 * @throws the system's error if one can't be examined
 */
export function partsOfPath(path: string, directory = '/'): PathPart[] {
  const parts = [partOf('/', lstatSync('/'))];
  const names = namesOfPath(isAbsolute(path) ? path : `${directory}/${path}`);
  let reached = '/';
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(reached, name);
    const stats = name === '..' ? undefined : lstatSync(next, { throwIfNoEntry: false });
    if (name === '..') reached = dirname(reached);
    // The target of a link to a pipe, such as /dev/fd/63, has no path.
    else if (stats === undefined) break;
    else if (!stats.isSymbolicLink()) {
      if (stats.isDirectory()) parts.push(partOf(next, stats));
      reached = next;
    } else if (links < MAX_LINKS) {
      links += 1;
      parts.push(partOf(next, stats));
      const target = readlinkSync(next);
      names.unshift(...namesOfPath(target));
      if (isAbsolute(target)) reached = '/';
    } else break;
  }
  return parts;
}

/** The names that a path consists of, without `.`. */
export function namesOfPath<Path extends string>(path: Path): Path[] {
  return path.split('/').filter((name) => name !== '' && name !== '.') as Path[];
}

function partOf(path: string, stats: Stats): PathPart {
  return { path, uid: stats.uid, mode: stats.mode, isLink: stats.isSymbolicLink() };
}

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

/** True for what belongs neither to root nor to `user`. */
export function isOthers(uid: number, user: number | undefined): boolean {
  return uid !== 0 && uid !== user;
}

/** The permission bits of a mode as chmod(1) takes them: `0755`. */
export function octalMode(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
