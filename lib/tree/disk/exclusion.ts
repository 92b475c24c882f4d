// What a walk leaves out. Each rule is named as the user knows it, such as `EXCLUDE '*.tmp'`.
import type { Bytes } from '../bytes.js';

export interface Exclusion {
  /** The rule that leaves out a file or, given a key that ends in `/`, everything in a folder, by its name alone. */
  ruleFor(key: Bytes): string | undefined;
  /** The rule that leaves out files of that size (bytes). */
  ruleForSize(size: number): string | undefined;
  /** The rule that leaves out what is in folders on that device. */
  ruleForDevice(device: bigint): string | undefined;
  /**
   * The file that has all else in its folder left out.
   * @param path of the folder
   * @param has whether there is something of that name, which is no folder
   */
  tagIn(path: Bytes, has: (name: Bytes) => boolean): Tag | undefined;
}

/** A file that stays in the backup, to tell why nothing else of its folder is there. */
export interface Tag {
  readonly name: Bytes;
  readonly rule: string;
}

/** @param key of a file, or of a folder with everything in it: then it ends in `/` */
export type OnExcluded = (key: Bytes, rule: string) => void;
