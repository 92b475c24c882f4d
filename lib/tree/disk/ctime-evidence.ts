// Whether a file system has ctimes at all: some servers and drivers show the mtime instead.
import type { BigIntStats } from 'node:fs';

const SECOND = 1_000_000_000n;

/** Judges by all the files of a file system that are looked at. */
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
   * True if every ctime is the mtime, although times were set: to whole seconds, as tar and zip do, on a file system that
   * has finer ones. To set a time moves the ctime.
   */
  get isMtime(): boolean {
    return !this.#isOfItsOwn && this.#hasWholeSeconds && this.#hasFractions;
  }
}
