// What the tree knows of a file and the bucket does not: owner, mode, times.
import { chmodSync, chownSync, lchownSync, lutimesSync } from 'node:fs';
import type { Entry, Inode } from '../tree/entry.js';
import { type OwnerIds, ownerIds } from '../tree/owner-names.js';
import { orThrow } from './target.js';

export class Metadata {
  readonly #isRoot = process.getuid?.() === 0;
  readonly #modeMask: number;
  readonly #ids: OwnerIds = ownerIds();

  /** @param keepsSetid whether setuid and setgid are given back; only root may */
  constructor(keepsSetid: boolean) {
    this.#modeMask = keepsSetid && this.#isRoot ? 0o7777 : 0o1777;
  }

  /**
   * Gives a file, folder or link its owner, if this is root, and its mode. The name of an owner counts for more than
   * its number: on another machine, it may have another one.
   * @param path of a link, the link's own; else one that only leads where it should, since it is followed
   * @throws {NotRestored} if the file system refuses; where there are no owners to give, the mode is given all the same
   */
  give(path: string | Buffer, { type, inode, user, group }: Entry): void {
    const uid = this.#ids.uids.get(user ?? '') ?? inode.uid;
    const gid = this.#ids.gids.get(group ?? '') ?? inode.gid;
    let mask = 0o1777;
    try {
      // Before the mode: a change of owner clears bits of it.
      const chown = type === 'link' ? lchownSync : chownSync;
      if (this.#isRoot) orThrow(() => chown(path, uid, gid));
      mask = this.#modeMask;
    } finally {
      if (type !== 'link') orThrow(() => chmodSync(path, inode.mode & mask));
    }
  }
}

/** Sets a time of modification to about the microsecond: more Node can't. */
export function setAboutMtime(path: string | Buffer, { mtime }: Inode): void {
  orThrow(() => lutimesSync(path, Date.now() / 1000, Number(mtime) / 1e9));
}
