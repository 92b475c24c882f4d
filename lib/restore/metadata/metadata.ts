// What the tree knows of a file and the bucket does not: owner, mode, ACL, times.
import { chmodSync, chownSync, lchownSync, lutimesSync } from 'node:fs';
import { aclOfMode, narrowedMode, UNKNOWN_ACL } from '../../tree/acl.js';
import type { Bytes } from '../../tree/bytes.js';
import { type OwnerIds, ownerIds } from '../../tree/disk/owner-names.js';
import { readAcls } from '../../tree/disk/read-acls.js';
import type { Entry, Inode } from '../../tree/entry.js';
import { orNotRestored } from '../destination/destination.js';
import { AclSetter, type OnAclFailure } from './acl-setter.js';

export class Metadata {
  readonly #isRoot = process.getuid?.() === 0;
  readonly #modeMask: number;
  readonly #ids: OwnerIds = ownerIds();

  readonly #acls: AclSetter;
  readonly #onAclFailure: OnAclFailure;
  readonly #replacesAcls: boolean;

  /**
   * @param keepsSetid whether setuid and setgid are given back; only root may
   * @param onAclFailure told of what has a narrower mode instead of its ACL
   * @param replacesAcls whether what had no ACL may have come by one, which is taken away
   */
  constructor(keepsSetid: boolean, onAclFailure: OnAclFailure = () => undefined, replacesAcls = false) {
    this.#replacesAcls = replacesAcls;
    this.#acls = new AclSetter(onAclFailure);
    this.#onAclFailure = onAclFailure;
    this.#modeMask = keepsSetid && this.#isRoot ? 0o7777 : 0o1777;
  }

  /**
   * Gives a file, folder or link its owner, if this is root, and its mode; its ACL by `finish`. The name of an owner counts for more than
   * its number: on another machine, it may have another one.
   * @param path of a link, the link's own; else one that only leads where it should, since it is followed
   * @throws {NotRestored} if the file system refuses; where there are no owners to give, the mode is given all the same
   */
  give(path: string | Buffer, { key, type, inode, user, group, acl }: Entry): void {
    const uid = this.#ids.uids.get(user ?? '') ?? inode.uid;
    const gid = this.#ids.gids.get(group ?? '') ?? inode.gid;
    let mask = 0o1777;
    try {
      // Before the mode: a change of owner clears bits of it.
      const chown = type === 'link' ? lchownSync : chownSync;
      if (this.#isRoot) orNotRestored(() => chown(path, uid, gid));
      mask = this.#modeMask;
    } finally {
      // The mode of a file with an ACL says more than its group may do: until it has its ACL, and if it gets none.
      const narrow = acl === undefined ? inode.mode : narrowedMode(inode.mode, acl);
      // Of a file that has an ACL already, the group's bits are the mask: without them, nobody is given more by it.
      const mode = this.#replacesAcls ? narrow & ~0o070 : narrow;
      if (type !== 'link') orNotRestored(() => chmodSync(path, mode & mask));
    }
    if (acl === UNKNOWN_ACL) this.#onAclFailure(key, 'it could not be read when it was backed up');
    else if (acl !== undefined) this.#acls.give(path, key, acl);
    else if (this.#replacesAcls && type !== 'link') this.#acls.give(path, key, aclOfMode(inode.mode));
  }

  /** Gives the ACLs that are still to be given: of what `give` was called for, wherever that has been moved. */
  finish(): void {
    this.#acls.flush();
  }
}

/** Whether a folder hands on an ACL to what is made in it, as far as `getfacl` is there to tell. */
export async function hasDefaultAcl(folder: Bytes): Promise<boolean> {
  const acls = await readAcls({ root: folder, followSymlinks: false }, ['.' as Bytes]);
  return [...acls.values()].some((acl) => acl.includes('default:'));
}

/** Sets a time of modification to about the microsecond: more Node can't. */
export function setMtimeRoughly(path: string | Buffer, { mtime }: Inode): void {
  orNotRestored(() => lutimesSync(path, Date.now() / 1000, Number(mtime) / 1e9));
}
