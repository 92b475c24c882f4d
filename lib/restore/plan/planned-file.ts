// A key of the bucket or of the tree, and what the restore does about it: a line of the plan.
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
  /** In bytes, of the object that the key has now; `undefined` if it is deleted. */
  readonly currentSize?: number | undefined;
  /** True if all versions are newer than that time: those before may have expired, or there were none. */
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
  /** Not at all: see `isUndecided`. Only a tree of that time could tell. */
  | 'undecided'
  /** Not at all: the bucket has no such key, only the tree has. */
  | 'not listed';

/** What is in the place of a file and differs, by its mtime. */
export type Replaced = 'older' | 'newer';

export interface PlannedFile extends ListedKey {
  /** The number of its line in the plan. */
  readonly index: number;
  readonly method: FetchMethod;
  /** What the tree says of it, unless it is a kept file that is left out. */
  readonly entry?: Entry;
  /** What is in the place of a file that is restored, or of a link. */
  readonly replaces?: Replaced | 'the same';
  /** True for a file with holes that are worth a call of its own. */
  readonly isSparse?: boolean;
  /** True if the object was stored after the tree, which has an entry of that key. */
  readonly isNewer?: boolean;
}
