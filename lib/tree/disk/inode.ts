// What of a stat(2) is kept and compared.
import { type BigIntStats, statfsSync, statSync } from 'node:fs';
import type { Inode } from '../entry.js';

/**
 * statfs(2) types of file systems whose inodes keep their numbers from mount to mount: ext2 to ext4, XFS, Btrfs, ZFS,
 * F2FS, tmpfs. Elsewhere (vfat, FUSE, NFS) a new number may mean nothing.
 */
const LASTING = new Set([0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x01021994]);

/** Tells a folder from all others, whatever its name. */
export function fileIdOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** The device of a folder on which inodes keep their numbers; what is mounted below it has another one. */
export function lastingDevice(folder: string | Buffer): bigint | undefined {
  try {
    return LASTING.has(statfsSync(folder).type) ? statSync(folder, { bigint: true }).dev : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What the tree keeps of a stat(2).
 * @param isLasting whether the inode's number means anything next time; one beyond 2^53 is left out
 */
export function inodeOf(stats: BigIntStats, isLasting = false): Inode {
  const inode = {
    size: Number(stats.size),
    mtime: `${stats.mtimeNs}`,
    ctime: `${stats.ctimeNs}`,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
  };
  const isTold = isLasting && stats.ino <= Number.MAX_SAFE_INTEGER;
  return isTold ? Object.assign(inode, { ino: Number(stats.ino) }) : inode;
}
