// What is kept of a stat(2), and compared.
import { type BigIntStats, statfsSync, statSync } from 'node:fs';
import type { Inode } from '../entry.js';

/**
 * statfs(2) types of file systems that never change the number of an inode: ext2 to ext4, XFS, Btrfs, ZFS, F2FS, tmpfs.
 * Others (vfat, FUSE, NFS) may give out new ones at each mount.
 */
const LASTING = new Set([0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x01021994]);

/** No other file or folder has the same at the same time. */
export function fileIdOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** The device of a folder, if its file system never changes the numbers of inodes. */
export function lastingDevice(folder: string | Buffer): bigint | undefined {
  try {
    return LASTING.has(statfsSync(folder).type) ? statSync(folder, { bigint: true }).dev : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes. What a file takes on disk is kept only if it is so much less than its size: small gaps mean nothing. */
const MIN_HOLES = 1 << 20;
/** Bytes: stat(2) counts blocks of this size on every file system. */
const STAT_BLOCK = 512;

/** @param isLasting true if the inode's number is to be kept; one above 2^53 never is */
export function inodeOf(stats: BigIntStats, isLasting = false): Inode {
  const inode = {
    size: Number(stats.size),
    mtime: `${stats.mtimeNs}`,
    ctime: `${stats.ctimeNs}`,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
  };
  const hasNumber = isLasting && stats.ino <= Number.MAX_SAFE_INTEGER;
  const allocated = Number(stats.blocks) * STAT_BLOCK;
  if (inode.size - allocated >= MIN_HOLES) Object.assign(inode, { allocated });
  return hasNumber ? Object.assign(inode, { ino: Number(stats.ino) }) : inode;
}
