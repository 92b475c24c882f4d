// Whether a file system has ctimes: some servers and drivers show the mtime instead.
import type { BigIntStats } from 'node:fs';

const SECOND = 1_000_000_000n;

/** Collects evidence from the files of one file system. */
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
