// The walk, compared with the last run's tree: what is on disk, what of it is as it was, and what is gone.
import type { Batches } from '../tree/batches.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import type { Entry, Obstacle } from '../tree/entry.js';
import { formatEntry } from '../tree/entry-line.js';
import { isGone } from '../tree/gone.js';
import { mergeByKey } from '../tree/merge.js';
import { ownerNames } from '../tree/owner-names.js';
import { entryIn, type TreeLine } from '../tree/tree-file.js';
import { walk } from '../tree/walk.js';
import type { IsExcluded } from './exclusion.js';
import { LossCounter, type Losses } from './losses.js';
import { formatNote, formatObstacle, type Knowledge } from './noted-entry.js';
import type { Spool } from './spool.js';

export interface Stock {
  /** How many files are not, or not surely, as the last run saw them. */
  readonly unknown: number;
  /** Of the last run's files. */
  readonly losses: Losses;
  readonly counts: Readonly<
    Record<'unreadable' | 'special' | 'not UTF-8' | 'loop' | 'excluded' | 'dangling' | 'link', number>
  >;
}

export interface StockOptions {
  /** An absolute path. */
  readonly localDir: string;
  readonly followSymlinks: boolean;
  readonly isExcluded: IsExcluded;
  /** When the run ended that `last` is of (ms since the epoch). */
  readonly lastEnded?: number | undefined;
  /** Whether the last run was of another source: then nothing is known of what was stored after it. */
  readonly isAdopted?: boolean;
  /** Told of each of the last run's files that is gone, in the order of the keys. */
  readonly onGone?: (key: Bytes) => void;
  /** Called now and then; ends it by throwing. */
  readonly onTurn?: () => void;
}

/**
 * Notes every entry of the directory in `notes`.
 * @param last what the last run saw; nothing, if there is no tree of it
 * @param onObstacle told of whatever can't be taken along
 */
export async function takeStock(
  options: StockOptions,
  last: Batches<TreeLine>,
  notes: Spool,
  onObstacle: (obstacle: Obstacle) => void,
): Promise<Stock> {
  const { followSymlinks, isExcluded, lastEnded, isAdopted, onTurn } = options;
  const root = bytesOf(options.localDir);
  const names = ownerNames();
  const losses = new LossCounter();
  let unknown = 0;
  const counts = { unreadable: 0, special: 0, 'not UTF-8': 0, loop: 0, excluded: 0, dangling: 0, link: 0 };

  const entries = walk(root, { followSymlinks, isExcluded, ...(onTurn && { onTurn }) });
  for await (const pairs of mergeByKey(entries, last)) for (const [now, before] of pairs) take(now, before);
  notes.close();
  return { unknown, losses, counts };

  function take(now: Entry | Obstacle | undefined, before: TreeLine | undefined): void {
    if (now === undefined || now.type === 'obstacle') {
      if (now !== undefined) {
        counts[now.reason] += 1;
        if (isUnknown(now)) notes.write(formatObstacle(now.key));
        if (now.reason !== 'excluded') onObstacle(now);
      }
      if (before !== undefined) lose(before);
      return;
    }
    const line = formatEntry(now, names);
    // Most lines are to the byte what they were.
    const isAsBefore = before?.line === line;
    const then = isAsBefore ? now : before && entryIn(before);
    const wasFile = then?.type === 'file';
    const isKnown = wasFile && (isAsBefore || isSame(now, then));
    if (now.type === 'file') {
      losses.add(now.key, wasFile, 'on disk');
      if (!isKnown) unknown += 1;
    } else if (now.type === 'link') counts.link += 1;
    notes.write(formatNote(line, now.type !== 'file' ? 'proven' : isKnown ? 'known' : newKnowledge(now)));
  }

  function newKnowledge({ inode, wayChanged = 0 }: Entry): Knowledge {
    // What is in the bucket since then may be another machine's.
    if (isAdopted) return 'moved';
    const changed = Number(inode.ctime) / 1e6;
    // Without a tree, all files would have to be sent whose folder has changed since: with a backup of years, most.
    if (lastEnded === undefined) return { since: changed };
    return changed < lastEnded ? 'moved' : { since: Math.max(changed, wayChanged) };
  }

  function lose(before: TreeLine): void {
    if (entryIn(before).type !== 'file' || isExcluded(before.key)) return;
    const isProven = isGone(root, before.key, followSymlinks);
    losses.add(before.key, true, isProven ? 'gone' : 'kept');
    if (isProven) options.onGone?.(before.key);
  }
}

/**
 * Whether a file is the same as it was: whatever is done to an inode moves its ctime. Another file that came under its
 * name may have the same times: many are written in one tick of the clock.
 */
function isSame({ type, inode }: Entry, before: Entry): boolean {
  const { size, mtime, ctime, ino } = before.inode;
  if (ino !== undefined && inode.ino !== undefined && ino !== inode.ino) return false;
  return type === 'file' && inode.ctime === ctime && inode.mtime === mtime && inode.size === size;
}

/** Whether there may be files that nothing is known of. */
export function isUnknown({ reason }: Obstacle): boolean {
  return reason === 'unreadable' || reason === 'not UTF-8';
}

/** What is wrong with an obstacle, in words for the user. */
export function describeObstacle({ key, reason }: Obstacle, localDir: string): string {
  const path = `"${localDir}/${textOf(key)}"`;
  if (reason === 'unreadable') return `${path} can't be read: what it holds now is not in the backup.`;
  if (reason === 'not UTF-8')
    return `The name of ${path} is not UTF-8, which S3 can't store: it is not in the backup.`;
  if (reason === 'loop') return `${path} leads back to a folder it is in; it is not followed.`;
  if (reason === 'dangling') return `${path} is a link that leads nowhere.`;
  return `${path} is neither a file nor a folder.`;
}
