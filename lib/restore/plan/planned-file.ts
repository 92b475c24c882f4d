// A key of the bucket and what a restore does about it, as a line of a spool.
import type { Bytes } from '../../tree/bytes.js';

/** An object to restore. */
export interface WantedObject {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  /** Whether it is what the bucket holds now. */
  readonly isCurrent: boolean;
  /** `undefined` where only what is there now was asked for. */
  readonly versionId?: string;
}

export interface ListedKey {
  /** Relative to the folder that is restored. */
  readonly key: Bytes;
  /** `undefined` for what is in the bucket now, but was not at that time. */
  readonly want?: WantedObject;
  /** The size of what is in the bucket now and is not wanted. */
  readonly unwanted?: number | undefined;
}

export interface PlannedFile extends ListedKey {
  readonly how: FetchMethod;
  /** Whether the object was stored after the tree, which has an entry of that key. */
  readonly isNewer?: boolean;
}

export type FetchMethod =
  /** With everything else below the folder. */
  | 'in bulk'
  /** By a call of its own. */
  | 'singly'
  /** It is in the destination as it should be. */
  | 'there already'
  /** No file, but what other programs store to stand for a folder. */
  | 'folder'
  /** The key names no place in the destination. */
  | 'unsafe'
  /** It was not there at that time. */
  | 'not wanted';

export function formatPlan(line: ListedKey | PlannedFile): string {
  return JSON.stringify(line);
}
