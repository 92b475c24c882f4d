// The records and trees of earlier runs, which the bucket's versioning keeps.
import type { Remote } from '../aws/remote.js';
import { listVersions } from '../aws/version-listing.js';
import { BackupError } from '../cli/errors.js';
import { formatTime } from '../cli/units/times.js';
import { RECORD, runFolderKey, TREE } from '../records/last-run.js';

export interface StoredVersion {
  readonly versionId: string;
  /** When a run stored it (ms since the epoch). */
  readonly stored: number;
}

/** Both oldest first. */
export interface StoredRuns {
  readonly records: readonly StoredVersion[];
  readonly trees: readonly StoredVersion[];
}

/**
 * @throws {AwsError} if the versions can't be listed
 * @throws {BackupError} if no run has stored a tree
 */
export async function listStoredRuns({ aws, prefix }: Remote): Promise<StoredRuns> {
  const records: StoredVersion[] = [];
  const trees: StoredVersion[] = [];
  await listVersions(aws, runFolderKey(prefix), async (versions) => {
    for await (const { key, versionId, lastModified, size } of versions) {
      // The key of another backup's record, below this prefix, is longer; a delete marker has no content.
      const list = `${key}` === RECORD ? records : `${key}` === TREE ? trees : undefined;
      if (size !== undefined) list?.unshift({ versionId, stored: lastModified });
    }
  });
  if (trees.length > 0) return { records, trees };
  throw new BackupError(`No run has stored a tree below s3://${aws.bucket}/${runFolderKey(prefix)}.`, {
    hint: 'Check the config: encrypted-s3-sync stores one. The original scripts store none.',
  });
}

/**
 * The tree of the last run that did not end after `time`.
 * @param time ms since the epoch; `undefined` for now
 * @throws {BackupError} if none is that old
 */
export function treeAt({ trees }: StoredRuns, time: number | undefined): StoredVersion {
  const found = trees.findLast(({ stored }) => time === undefined || stored <= time);
  if (found !== undefined) return found;
  const oldest = formatTime(trees[0]?.stored ?? 0);
  throw new BackupError(`The bucket has no tree as old as ${formatTime(time ?? 0)}.`, {
    hint: `The oldest one is from ${oldest}. The bucket's lifecycle rule has removed older ones, or there were none.`,
  });
}

/**
 * When the last run that left each tree as it is stored its record: a run that changes nothing stores no tree. The
 * record that was stored nearest to a tree is of the same run, since a run stores both at once.
 */
export function lastTimesOfTrees({ records, trees }: StoredRuns): number[] {
  return trees.map(({ stored }, index) => {
    const next = trees[index + 1];
    const recordOfNext = next && nearest(records, next.stored);
    const isBeforeNext = (record: StoredVersion) => next === undefined || record.stored < next.stored;
    const last = records.findLast((it) => it !== recordOfNext && isBeforeNext(it));
    return Math.max(stored, last?.stored ?? stored);
  });
}

function nearest(versions: readonly StoredVersion[], time: number): StoredVersion | undefined {
  const distanceOf = ({ stored }: StoredVersion) => Math.abs(stored - time);
  const [first, ...others] = versions;
  return others.reduce((a, b) => (a && distanceOf(a) <= distanceOf(b) ? a : b), first);
}

/**
 * When the bucket had both the record and the tree of each run: a time for --at that shows the backup as the run left
 * it. The record itself holds an earlier time, when neither was stored yet.
 * @param runs the oldest first; when each stored its record, and when it started (ms since the epoch)
 */
export function timesOfRuns(
  runs: readonly { readonly stored: number; readonly started: number }[],
  trees: readonly StoredVersion[],
): number[] {
  // S3's times are whole seconds.
  const starts = runs.map(({ started }) => Math.floor(started / 1000) * 1000);
  return runs.map(({ stored }, index) => {
    const [start = 0, next = Number.POSITIVE_INFINITY] = starts.slice(index, index + 2);
    const tree = trees.findLast((it) => it.stored >= start && it.stored < next);
    return Math.max(stored, tree?.stored ?? stored);
  });
}
