// What a walk excludes. Each rule has the name that the user knows, such as `EXCLUDE '*.tmp'`.
import type { Bytes } from '../bytes.js';

/** How the name of a restore's stage begins: the folder that holds files until they are complete. */
export const STAGE_PREFIX = '.encrypted-s3-restore-';

export interface Exclusion {
  /** Whether the user has set any rule: it may exclude a file that appears after the scan, too. */
  readonly hasRules: boolean;
  /** The rule that excludes a file by its name or, for a key that ends in `/`, a folder with its contents. */
  ruleFor(key: Bytes): string | undefined;
  /** The rule that excludes files of that size (bytes). */
  ruleForSize(size: number): string | undefined;
  /** The rule that excludes the contents of folders on that device. */
  ruleForDevice(device: bigint): string | undefined;
  /**
   * The file that excludes everything else in its folder; `undefined`, if there is none.
   * @param path of the folder
   * @param has true for a name in the folder that is not a folder's
   */
  tagIn(path: Bytes, has: (name: Bytes) => boolean): Tag | undefined;
}

/** A file that excludes the rest of its folder. It is backed up itself, to show why the rest is not. */
export interface Tag {
  readonly name: Bytes;
  readonly rule: string;
}

/** @param key of a file, or of a folder with its contents: then it ends in `/` */
export type OnExcluded = (key: Bytes, rule: string) => void;
