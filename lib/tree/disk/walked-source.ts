// What a walk of LOCAL_DIR has counted.
import type { ObstacleReason } from '../entry.js';

export interface WalkedSource {
  readonly files: number;
  readonly bytes: number;
  /** How many there are of each, and the first one's path. */
  readonly obstacles: ReadonlyMap<ObstacleReason, { readonly count: number; readonly first: string }>;
  /** statfs(2) types of file systems whose ctime proves nothing. */
  readonly typesWithoutCtime: readonly number[];
  /** The line of the config that leaves out what can't be stored. */
  readonly exclude: string;
}
