// Restores the metadata that only the tree has: owner, mode, ACL, mtime.
import { chmodSync, chownSync, lchownSync, lstatSync, lutimesSync, statSync } from 'node:fs';
import type { Incomplete } from '../../cli/log/incomplete.js';
import type { Log } from '../../cli/log/log.js';
import { aclOfMode, narrowedMode, UNKNOWN_ACL } from '../../tree/acl.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import { readAcls } from '../../tree/disk/read-acls.js';
import type { Entry, Inode } from '../../tree/entry.js';
import type { Spool } from '../../tree/streams/spool.js';
import { NotRestoredError, orNotRestored } from '../destination/destination.js';
import type { HeldFolder } from '../destination/held-folder.js';
import { AclSetter, type OnAclFailure } from './acl-setter.js';
import { type Owners, ownersFor, ownersOf } from './owners.js';

const WITHOUT_SETID = 0o1777;
/** The mode of a file that the tree lacks: it may have been private. */
export const PRIVATE = 0o600;
/** As exFAT and NTFS may, which accept any owner and mode. */
const NOT_KEPT = 'the file system does not keep that';

/** The user's options. */
export interface MetadataRequest {
  /** Whether to restore setuid and setgid. */
  readonly keepsSetid: boolean;
  /** Whether owners are given by their numbers, not by their names. */
  readonly usesNumericIds: boolean;
}

interface MetadataOptions {
  /** Whether setuid and setgid are restored; only root may. */
  readonly keepsSetid: boolean;
  /** Called for a file that gets a narrower mode instead of its ACL. */
  readonly onAclFailure: OnAclFailure;
  /** Whether the destination gives ACLs to new files: files that had none must lose them. */
  readonly replacesAcls: boolean;
  readonly owners: Owners;
}

export class Metadata {
  readonly #isRoot = process.getuid?.() === 0;
  readonly owners: Owners;
  readonly #options: MetadataOptions;
  readonly #acls: AclSetter;

  constructor(options: MetadataOptions) {
    this.#options = options;
    this.owners = options.owners;
    this.#acls = new AclSetter(options.onAclFailure);
  }

  /**
   * Gives a file, folder or link its mode and, for root, its owner. Its ACL may wait for `finish`.
   * @param path a link's path is not followed; any other path must lead to the file itself
   * @throws {NotRestoredError} if the file system refuses; without owners, the mode is set nevertheless
   */
  apply(path: string | Buffer, entry: Entry): void {
    const { key, type, inode, acl } = entry;
    const { onAclFailure, replacesAcls } = this.#options;
    if (type === 'link') {
      this.#setOwner(path, entry);
      return;
    }
    let mask = WITHOUT_SETID;
    try {
      // Before the mode, since a change of owner clears bits of it.
      this.#setOwner(path, entry);
      if (this.#options.keepsSetid && this.#isRoot) mask = 0o7777;
    } finally {
      // With an ACL, the mode's group bits allow more than the group may do, so it gets fewer until the ACL is set.
      const narrow = acl === undefined ? inode.mode : narrowedMode(inode.mode, acl);
      // If the destination gave it an ACL, these bits are the mask: without them, the ACL allows nothing.
      const mode = replacesAcls ? narrow & ~0o070 : narrow;
      setMode(path, mode & mask);
    }
    if (acl === UNKNOWN_ACL) onAclFailure(key, 'it could not be read when it was backed up');
    else if (acl !== undefined) this.#acls.add(path, key, acl);
    else if (replacesAcls) this.#acls.add(path, key, aclOfMode(inode.mode));
  }

  /** Sets the remaining ACLs, even of files that have been moved. */
  finish(): void {
    this.#acls.flush();
  }

  #setOwner(path: string | Buffer, entry: Entry): void {
    if (!this.#isRoot) return;
    const { uid, gid } = this.owners.idsOf(entry);
    const [chown, stat] = entry.type === 'link' ? [lchownSync, lstatSync] : [chownSync, statSync];
    orNotRestored(() => {
      chown(path, uid, gid);
      const now = stat(path);
      if (now.uid !== uid || now.gid !== gid) throw new NotRestoredError(NOT_KEPT);
    });
  }
}

/** Gives a single file its owner, mode, ACL and mtime. Warns of failures. */
export function restoreMetadata(
  file: string,
  entry: Entry,
  { keepsSetid, usesNumericIds }: MetadataRequest,
  log: Log,
): void {
  const name = `"${textOf(entry.key)}"`;
  const onAclFailure = (_: Bytes, reason: string) =>
    log.warn(`${name} is restored without its ACL: ${reason}.`);
  try {
    const owners = ownersOf(usesNumericIds);
    const metadata = new Metadata({ keepsSetid, onAclFailure, replacesAcls: false, owners });
    metadata.apply(file, entry);
    metadata.finish();
    owners.warnOfOtherNumbers(log);
    setMtime(file, entry.inode);
  } catch (error) {
    if (!(error instanceof NotRestoredError)) throw error;
    log.warn(`${name} is restored without all of its metadata: ${error.message}.`);
  }
}

/** Gives a single file that the tree lacks a private mode. Warns if the file system refuses. */
export function makePrivate(file: string, log: Log): void {
  try {
    setMode(file, PRIVATE);
  } catch (error) {
    if (!(error instanceof NotRestoredError)) throw error;
    log.warn(`"${file}" may be readable by others: ${error.message}.`);
  }
}

/**
 * @param root the destination
 * @param plan lines of `PlannedFile`
 */
export async function metadataFor(
  root: HeldFolder,
  plan: Spool,
  { keepsSetid, usesNumericIds }: MetadataRequest,
  incomplete: Incomplete,
): Promise<Metadata> {
  const onAclFailure = (key: Bytes, reason: string) =>
    incomplete.add(
      `"${textOf(key)}" is restored without its ACL: ${reason}. Its mode is narrower, so that nobody may do more than before.`,
    );
  const replacesAcls = await hasDefaultAcl(bytesOf(root.path));
  const owners = await ownersFor(root, plan, usesNumericIds);
  return new Metadata({ keepsSetid, onAclFailure, replacesAcls, owners });
}

/** True if new files in a folder get an ACL from it. False also if `getfacl` is not installed. */
export async function hasDefaultAcl(folder: Bytes): Promise<boolean> {
  const acls = await readAcls({ root: folder, followSymlinks: false }, ['.' as Bytes]);
  return [...acls.values()].some((acl) => acl.includes('default:'));
}

/**
 * @param path must lead to the file itself
 * @throws {NotRestoredError} if the file system refuses the mode, or does not keep it
 */
export function setMode(path: string | Buffer, mode: number): void {
  orNotRestored(() => {
    chmodSync(path, mode);
    if ((statSync(path).mode & 0o7777) !== mode) throw new NotRestoredError(NOT_KEPT);
  });
}

/** Sets the mtime to about the microsecond, which is Node's limit. */
export function setMtime(path: string | Buffer, { mtime }: Inode): void {
  orNotRestored(() => lutimesSync(path, Date.now() / 1000, Number(mtime) / 1e9));
}
