// What a walk leaves out. Each rule is named as the user knows it, such as `EXCLUDE '*.tmp'`.
import type { Bytes } from '../bytes.js';

/** How the names of folders begin in which restores keep files until they are complete. */
export const STAGE_PREFIX = '.encrypted-s3-restore-';

export interface Exclusion {
  /** The rule that excludes a file or, for a key that ends in `/`, a folder with everything in it, by its name. */
  ruleFor(key: Bytes): string | undefined;
  /** The rule that excludes files of that size (bytes). */
  ruleForSize(size: number): string | undefined;
  /** The rule that excludes the content of folders on that device. */
  ruleForDevice(device: bigint): string | undefined;
  /**
   * The file that excludes everything else in its folder; `undefined`, if there is none.
   * @param path of the folder
   * @param has true for a name in the folder that is not a folder's
   */
  tagIn(path: Bytes, has: (name: Bytes) => boolean): Tag | undefined;
}

/** A file that is backed up, to show why nothing else of its folder is. */
export interface Tag {
  readonly name: Bytes;
  readonly rule: string;
}

/** @param key of a file, or of a folder with everything in it: then it ends in `/` */
export type OnExcluded = (key: Bytes, rule: string) => void;
