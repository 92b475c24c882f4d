// What a restored file or link would replace in the destination, and whether the user wants that.
import { type Entry, type Inode, milliseconds } from '../../tree/entry.js';
import type { Destination } from '../destination/destination.js';
import type { ListedKey, Replaced } from './planned-file.js';

/** Which files of the destination stay although they differ. */
export type KeptFiles = 'none' | 'newer' | 'all';

/** True for the same mtime, to the microsecond, which is what a killed restore has set. */
export function isMtimeOf(nanoseconds: bigint, { mtime }: Inode): boolean {
  return (nanoseconds - BigInt(mtime)) / 2000n === 0n;
}

/** @returns `undefined` if there is nothing that could be replaced */
export function whatAFileReplaces(
  existing: Destination | undefined,
  { key, wanted }: ListedKey,
  entry: Entry | undefined,
): Replaced | undefined {
  const found = existing?.statsOf(key);
  if (found === undefined || found.isDirectory() || wanted === undefined) return undefined;
  const mtime = entry === undefined ? wanted.lastModified : milliseconds(entry.inode.mtime);
  return Number(found.mtimeNs) / 1e6 > mtime ? 'newer' : 'older';
}

/** @returns `undefined` if there is nothing that could be replaced */
export function whatALinkReplaces(
  existing: Destination | undefined,
  { key, target, inode }: Entry,
): Replaced | undefined {
  const found = existing?.statsOf(key);
  if (found === undefined || found.isDirectory()) return undefined;
  if (found.isSymbolicLink() && existing?.targetOf(key) === target) return 'the same';
  return found.mtimeNs > BigInt(inode.mtime) ? 'newer' : 'older';
}

/** True if the existing file stays. */
export function staysInPlace(replaced: Replaced | undefined, keeps: KeptFiles): boolean {
  return replaced === 'the same' || (replaced !== undefined && (keeps === 'all' || keeps === replaced));
}

/** Numbers of files and links. */
export class PreviewCounts {
  created = 0;
  replaced = 0;
  /** How many of the replaced files are newer than the restored ones. */
  newerOnDisk = 0;
  /** Files that differ, but stay because the user wants that. */
  kept = 0;
  /** Files that are not restored because they were gone from disk, and only the bucket keeps them. */
  keptInBucket = 0;

  /** Adds a file or link to restore. @param keeps which files of the destination stay */
  add(replaced: Replaced | undefined, keeps: KeptFiles): void {
    if (replaced === 'the same') return;
    if (replaced === undefined) this.created += 1;
    else if (staysInPlace(replaced, keeps)) this.kept += 1;
    else {
      this.replaced += 1;
      if (replaced === 'newer') this.newerOnDisk += 1;
    }
  }
}
