// What a scan finds.
import type { Bytes } from '../../tree/bytes.js';
import type { Entry, ObstacleReason } from '../../tree/entry.js';
import type { Spool } from '../../tree/streams/spool.js';
import type { RandomSample } from '../verify/random.js';
import type { DraftFiles } from './draft-writer.js';
import type { FolderPattern } from './folder-patterns.js';

export interface Scan extends DraftFiles {
  readonly counts: ScanCounts;
  /** Some of the files that are as the last tree has them. */
  readonly unchanged: RandomSample<Entry>;
  /** Whether the disk is line for line what the last tree has. */
  readonly isAsTree: boolean;
  /** What can't be backed up, as JSON texts of `Obstacle`. */
  readonly obstacles: Spool;
  /** In a dry run: what the config excludes, as JSON texts of `Excluded`. */
  readonly excluded: Spool;
  readonly ineffectivePatterns: readonly FolderPattern[];
}

/** A file, or a folder with everything in it, whose key ends in a `/`. */
export interface Excluded {
  readonly key: Bytes;
  readonly rule: string;
}

export interface ScanCounts extends Readonly<Record<ObstacleReason, number>> {
  readonly link: number;
  /** What the config excludes: files, and folders with everything in them. */
  readonly excluded: number;
  /** Folders that somebody other than root and this user owns or can write to. */
  readonly othersFolders: number;
}
