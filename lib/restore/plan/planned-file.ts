// A line of the plan: a key of the bucket or of the tree, and what the restore does about it.
import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';

/** The object to restore: the one that a key has now, or had at a point in time. */
export interface WantedObject {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  /** Whether the bucket still holds it as the current version. */
  readonly isCurrent: boolean;
  /** `undefined` if only current versions were listed. */
  readonly versionId?: string;
}

export interface ListedKey {
  /** Relative to the folder that is restored. */
  readonly key: Bytes;
  /** `undefined` if the bucket has the key now, but did not at that time. */
  readonly wanted?: WantedObject;
  /** The size of the current object (bytes); `undefined` if it is deleted. */
  readonly currentSize?: number | undefined;
  /** True if all versions are newer than that time: older ones may have expired, or never existed. */
  readonly isUndecided?: boolean;
}

export type FetchMethod =
  /** With everything else below the folder. */
  | 'in bulk'
  /** By a call of its own. */
  | 'singly'
  /** Not at all: the destination has the file. */
  | 'there already'
  /** Not at all: the file in the destination differs, and the user wants to keep it. */
  | 'kept'
  /** Not at all: other programs store an empty object to stand for a folder. */
  | 'folder'
  /** Not at all: the key names no place in the destination. */
  | 'unsafe'
  /** Not at all: the key did not exist at that time, the tree has a link there, or the user does not want it. */
  | 'not wanted'
  /** Not at all: see `isUndecided`. Only a tree of that time could decide it. */
  | 'undecided'
  /** Not at all: the bucket has no such key, only the tree has. */
  | 'not listed';

/** The file or link in the place of one to restore: one that differs is older or newer, by its mtime. */
export type Replaced = 'older' | 'newer' | 'the same';

export interface PlannedFile extends ListedKey {
  /** The number of its line in the plan. */
  readonly index: number;
  readonly method: FetchMethod;
  /** The tree's entry, except for a kept file that is not restored. */
  readonly entry?: Entry;
  /** The file or link in the place of one that is restored. */
  readonly replaces?: Replaced;
  /** True for a file with holes that justify a single call. */
  readonly isSparse?: boolean;
  /** True if the tree has an entry for the key, but the object was stored after the tree. */
  readonly isNewer?: boolean;
}
