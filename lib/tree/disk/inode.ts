// Which facts of stat(2) are kept and compared.
import type { BigIntStats } from 'node:fs';
import type { Inode } from '../entry.js';

/** Which facts of a file system's inodes are reliable. */
export interface InodeWorth {
  /** True if the number of an inode never changes. Vfat, FUSE and NFS may give out new ones at each mount. */
  readonly hasLastingNumbers: boolean;
  /** True if the ctime moves with every change of a file, and with nothing else. */
  readonly hasTrueCtime: boolean;
}

/** Of a file system that is not known. */
export const USUAL_WORTH: InodeWorth = { hasLastingNumbers: false, hasTrueCtime: true };

/** How much less than its size a file must take on disk for that to be kept (bytes): small gaps mean nothing. */
export const MIN_HOLES = 1 << 20;
/** Bytes: stat(2) counts blocks of this size on every file system. */
const STAT_BLOCK = 512;

/** The number of an inode above 2^53 is never kept. */
export function inodeOf(stats: BigIntStats, { hasLastingNumbers, hasTrueCtime } = USUAL_WORTH): Inode {
  const inode = {
    size: Number(stats.size),
    mtime: `${stats.mtimeNs}`,
    ctime: `${hasTrueCtime ? stats.ctimeNs : stats.mtimeNs}`,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
  };
  const hasNumber = hasLastingNumbers && stats.ino <= Number.MAX_SAFE_INTEGER;
  const allocated = Number(stats.blocks) * STAT_BLOCK;
  if (inode.size - allocated >= MIN_HOLES) Object.assign(inode, { allocated });
  return hasNumber ? Object.assign(inode, { ino: Number(stats.ino) }) : inode;
}

/** Identifies a file or folder: unique at any one time. */
export function fileIdOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** @param id of `fileIdOf` */
export function deviceOf(id: string): bigint {
  return BigInt(id.slice(0, id.indexOf(':')));
}
