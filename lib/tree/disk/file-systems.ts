// Which facts of its inodes a file system makes reliable.
import { type BigIntStats, fstatSync, statfsSync, statSync } from 'node:fs';
import type { Inode } from '../entry.js';
import { pathOfDescriptor } from './descriptor-path.js';
import { deviceOf, type InodeWorth, inodeOf, USUAL_WORTH } from './inode.js';

/** statfs(2) types of ext2 to ext4, XFS, Btrfs, ZFS, F2FS, tmpfs: they never change the number of an inode. */
const LASTING = new Set([0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x01021994]);

/**
 * FAT and exFAT, whose ctime is the mtime; and FUSE, where it may be anything: the time at which it is read, or another
 * one after each mount (mergerfs, Gluster, sshfs).
 */
const WITHOUT_CTIME = new Set([0x4d44, 0x2011bab0, 0x65735546]);

/** How long to wait for a ctime to change without its file (ms). */
const PAUSE = 20;

/**
 * @param type of statfs(2)
 * @param look reads a ctime on it. If that is twice later than the time of reading, the ctime changes without its file
 */
export function inodeWorth(type: number, look: () => number): InodeWorth {
  if (LASTING.has(type)) return { hasLastingNumbers: true, hasTrueCtime: true };
  const hasTrueCtime = !WITHOUT_CTIME.has(type) && !(isLater(look) && isLater(look));
  return { hasLastingNumbers: false, hasTrueCtime };
}

/** @param look returns ms since the epoch */
function isLater(look: () => number): boolean {
  const before = Date.now();
  if (look() <= before) return false;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  return true;
}

const SECOND = 1_000_000_000n;

/** Whether a file system has ctimes, by its files so far: some servers and drivers show the mtime instead. */
export class CtimeEvidence {
  #isOfItsOwn = false;
  #hasWholeSeconds = false;
  #hasFractions = false;

  add({ mtimeNs, ctimeNs }: BigIntStats): void {
    if (ctimeNs !== mtimeNs) this.#isOfItsOwn = true;
    if (mtimeNs % SECOND === 0n) this.#hasWholeSeconds = true;
    else this.#hasFractions = true;
  }

  /**
   * True if every ctime equals the mtime, although some mtimes must have been set, which moves the ctime: they are
   * whole seconds, as tar and zip set them, on a file system with finer times.
   */
  get isMtime(): boolean {
    return !this.#isOfItsOwn && this.#hasWholeSeconds && this.#hasFractions;
  }
}

/** The file systems at and below a folder. Each is examined once. */
export class FileSystems {
  readonly #rootDevice: bigint | undefined;
  readonly #worth = new Map<bigint, InodeWorth>();
  readonly #types = new Map<bigint, number>();
  readonly #evidence = new Map<bigint, CtimeEvidence>();

  constructor(root: string | Buffer) {
    try {
      this.#rootDevice = statSync(root, { bigint: true }).dev;
      // By the root itself: statfs(2) follows links, and the first path below may be a link to elsewhere.
      this.#worthOf(this.#rootDevice, root);
    } catch {
      // It has vanished.
    }
  }

  /**
   * The facts to keep: the mtime in place of a ctime that proves nothing, and the inode's number if it lasts and is on
   * the root's device.
   * @param path that `stats` is of
   */
  inodeOf(stats: BigIntStats, path: string | Buffer): Inode {
    const { hasLastingNumbers, hasTrueCtime } = this.#worthOf(stats.dev, path);
    const isOnRootDevice = stats.dev === this.#rootDevice;
    if (!hasLastingNumbers && hasTrueCtime && stats.isFile()) this.#evidenceOf(stats.dev).add(stats);
    return inodeOf(stats, { hasLastingNumbers: hasLastingNumbers && isOnRootDevice, hasTrueCtime });
  }

  /** `inodeOf` an open file. @throws the system's error if it is not open */
  inodeOfOpen(descriptor: number): Inode {
    return this.inodeOf(fstatSync(descriptor, { bigint: true }), pathOfDescriptor(descriptor));
  }

  /** True if the ctime of a file proves nothing. @param id `fileIdOf` it */
  lacksCtime(id: string): boolean {
    return this.#worth.get(deviceOf(id))?.hasTrueCtime === false;
  }

  /** True if the ctime of a file proves nothing, or may prove nothing: it is known to be true on some types only. */
  mayLackCtime(id: string): boolean {
    return this.#worth.get(deviceOf(id))?.hasLastingNumbers !== true;
  }

  /** The statfs(2) types of the file systems whose ctime proves nothing, by the files so far. */
  typesWithoutCtime(): Set<number> {
    const found = [...this.#types].filter(
      ([device]) =>
        this.#worth.get(device)?.hasTrueCtime === false || this.#evidence.get(device)?.isMtime === true,
    );
    return new Set(found.map(([, type]) => type));
  }

  /** True if inodes keep their numbers on the root's device. */
  hasLastingNumbers(root: string | Buffer): boolean {
    return this.#rootDevice !== undefined && this.#worthOf(this.#rootDevice, root).hasLastingNumbers;
  }

  #evidenceOf(device: bigint): CtimeEvidence {
    const evidence = this.#evidence.get(device) ?? new CtimeEvidence();
    this.#evidence.set(device, evidence);
    return evidence;
  }

  #worthOf(device: bigint, path: string | Buffer): InodeWorth {
    const known = this.#worth.get(device);
    if (known !== undefined) return known;
    try {
      const { type } = statfsSync(path);
      const worth = inodeWorth(type, () => statSync(path).ctimeMs);
      this.#types.set(device, type);
      this.#worth.set(device, worth);
      return worth;
    } catch {
      // It has vanished. The next path on this device decides.
      return USUAL_WORTH;
    }
  }
}
