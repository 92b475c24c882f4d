// What a tree is made of: what the walk yields, the tree file holds, and the merges compare.
import type { Acl } from './acl.js';
import type { Bytes } from './bytes.js';

/** POSIX's facts about an inode. Times are whole nanoseconds since the epoch, in decimal digits. */
export interface Inode {
  readonly size: number;
  readonly mtime: string;
  readonly ctime: string;
  /** Permission bits, setuid, setgid and sticky included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Where the file system keeps it for good: tells two files of the same size and times apart. */
  readonly ino?: number;
}

/**
 * A file, folder or link. `key` is relative to the root; that of a folder ends in `/`, as it does in the keys
 * of what is in it, so that sorting by key keeps a folder and its content together.
 */
export interface Entry {
  readonly key: Bytes;
  readonly type: 'file' | 'directory' | 'link';
  readonly inode: Inode;
  /** Of a link. */
  readonly target?: Bytes;
  /**
   * Of a file that the walk found: after this (ms since the epoch), no folder or link on the way to it from the root
   * has changed, and so none was given another name.
   */
  readonly wayChanged?: number;
  /** Of a file that the walk found: its device and inode number, `dev:ino`. Tells it from all other files now. */
  readonly id?: string;
  /** Of a folder that the walk found: it is on another file system, and what is in it is left out. */
  readonly isForeign?: true;
  /** The owner's name and the group's, where a tree file tells them. */
  readonly user?: string;
  readonly group?: string;
  /** Of a file or folder that is known to have one: its mode alone does not tell who may do what. */
  readonly acl?: Acl;
}

/** What the walk met and could not take along. */
export interface Obstacle {
  readonly key: Bytes;
  readonly type: 'obstacle';
  readonly reason: ObstacleReason;
  /** Of a file that can't be read: as `Inode.ino`. */
  readonly ino?: number;
}

export type ObstacleReason =
  /** A folder or file that may not be read. */
  | 'unreadable'
  /** A FIFO, a socket or a device. */
  | 'special'
  /** S3's keys are UTF-8. */
  | 'not UTF-8'
  /** Links are followed, and this one leads back to a folder it is in. */
  | 'loop'
  /** Links are followed, and this one leads nowhere. */
  | 'dangling';
