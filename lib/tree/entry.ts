// The entries of a tree: the walk yields them, the tree file holds them, and the merges compare them.
import type { Acl } from './acl.js';
import type { Bytes } from './bytes.js';

/** The facts of stat(2) about a file. Times are nanoseconds since the epoch, in decimal digits. */
export interface Inode {
  readonly size: number;
  readonly mtime: string;
  readonly ctime: string;
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The checksum of the content, in hexadecimal digits, where the ctime proves nothing and the config asks for it. */
  readonly sha256?: string;
  /** The inode's number, on file systems that never change it: tells two files of the same size and times apart. */
  readonly ino?: number;
  /** Of a file with holes: its bytes on disk, at least 1 MiB less than its size. */
  readonly allocated?: number;
}

/** @param nanoseconds since the epoch, as an inode has them */
export function milliseconds(nanoseconds: string): number {
  return Number(nanoseconds) / 1e6;
}

/**
 * A file, folder or link. `key` is relative to the root. A folder's ends in `/`, so that sorting by key puts a folder
 * next to its contents.
 */
export interface Entry {
  readonly key: Bytes;
  readonly type: 'file' | 'directory' | 'link';
  readonly inode: Inode;
  /** Of a link. */
  readonly target?: Bytes;
  /**
   * Of a file that the walk found: the latest ctime (ms since the epoch) of the folders and links on its path below the
   * root. None of them was renamed after that.
   */
  readonly pathChangedAt?: number;
  /** Of a file that the walk found: `dev:ino`, unique at any one time. */
  readonly id?: string;
  /** Of a folder that the walk found: it is on another file system, and its contents are excluded. */
  readonly isForeign?: true;
  /** The names of the owner and the group, if the tree file has them. */
  readonly user?: string;
  readonly group?: string;
  /** Of a file or folder with an ACL beyond its mode. */
  readonly acl?: Acl;
  /** Of a file in a tree: the bucket may hold another version of it. */
  readonly isUnproven?: true;
  /** Of a file in a tree: it was gone from disk, or excluded, and its object was not deleted. */
  readonly isKept?: true;
}

/** Something that the walk found and that can't be backed up. */
export interface Obstacle {
  readonly key: Bytes;
  readonly type: 'obstacle';
  readonly reason: ObstacleReason;
  /** Of a file. */
  readonly inode?: Inode;
}

export type ObstacleReason =
  /** A folder or file that this user may not read. */
  | 'unreadable'
  /** A FIFO, a socket or a device. */
  | 'special'
  /** Its name is not UTF-8, as a key of S3 must be. */
  | 'not UTF-8'
  /** A file whose key, with the backup's prefix, would be too long for S3. */
  | 'key too long'
  /** A followed link to a folder that it is in. */
  | 'loop'
  /** A followed link to nothing. */
  | 'dangling';

/** True for an obstacle that may be, or may contain, files that the walk does not know. */
export function mayHideFiles({ reason }: Obstacle): boolean {
  return reason === 'unreadable' || reason === 'not UTF-8' || reason === 'key too long';
}
