// The walk, compared with the last run's tree: what is on disk, what of it is as it was, and what is gone.
import type { Acl } from '../tree/acl.js';
import { withAcls } from '../tree/acls.js';
import { type Batches, mapEach } from '../tree/batches.js';
import { bytesOf, textOf } from '../tree/bytes.js';
import type { Entry, Obstacle } from '../tree/entry.js';
import { formatEntry, isSameLine, lineWithAcl } from '../tree/entry-line.js';
import { isGone } from '../tree/gone.js';
import { mergeByKey, type Pair } from '../tree/merge.js';
import { ownerNames } from '../tree/owner-names.js';
import { entryIn, type TreeLine } from '../tree/tree-file.js';
import { walk } from '../tree/walk.js';
import type { IsExcluded } from './exclusion.js';
import { Losses } from './guard.js';
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
  /** Whether the ACLs are to be read, and whether `last` tells of them. */
  readonly readsAcls?: boolean;
  readonly lastHasAcls?: boolean;
  /** Called now and then; ends it by throwing. */
  readonly onTurn?: () => void;
}

/** What is under a key now, and what was. */
interface Look {
  readonly now: Entry | Obstacle | undefined;
  readonly before: TreeLine | undefined;
  /** In a tree, without its ACL; '' of what is no entry. */
  readonly line: string;
  readonly isAsBefore: boolean;
  /** Whether its ACL has to be asked for. */
  readonly isAsked: boolean;
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
  const { followSymlinks, isExcluded, lastEnded, readsAcls = false, lastHasAcls = false, onTurn } = options;
  const root = bytesOf(options.localDir);
  const names = ownerNames();
  const losses = new Losses();
  let unknown = 0;
  const counts = { unreadable: 0, special: 0, 'not UTF-8': 0, loop: 0, excluded: 0, dangling: 0, link: 0 };

  const entries = walk(root, { followSymlinks, isExcluded, ...(onTurn && { onTurn }) });
  const looks = mapEach(mergeByKey(entries, last), look);
  const answered = withAcls({ root, followSymlinks }, looks, ({ isAsked, now }) =>
    isAsked ? now?.key : undefined,
  );
  for await (const batch of answered) for (const [found, acl] of batch) take(found, acl);
  notes.close();
  return { unknown, losses, counts };

  function look([now, before]: Pair<Entry | Obstacle, TreeLine>): Look {
    const isEntry = now !== undefined && now.type !== 'obstacle';
    const line = isEntry ? formatEntry(now, names) : '';
    // Most lines are to the byte what they were.
    const isAsBefore = before !== undefined && isSameLine(before.line, line);
    // Whatever is done to an ACL moves the ctime: where that is as it was, the last run's answer holds.
    const isAsked = readsAcls && isEntry && now.type !== 'link' && !(isAsBefore && lastHasAcls);
    return { now, before, line, isAsBefore, isAsked };
  }

  function take(found: Look, acl: Acl | undefined): void {
    const { now, before } = found;
    if (now === undefined || now.type === 'obstacle') {
      if (now !== undefined) {
        counts[now.reason] += 1;
        if (isUnknown(now)) notes.write(formatObstacle(now.key));
        if (now.reason !== 'excluded') onObstacle(now);
      }
      if (before !== undefined) lose(before);
      return;
    }
    const { isAsBefore, isAsked } = found;
    const line = isAsBefore && !isAsked ? (before?.line ?? found.line) : lineWithAcl(found.line, acl);
    const then = isAsBefore ? now : before && entryIn(before);
    const wasFile = then?.type === 'file';
    const isKnown = wasFile && (isAsBefore || isSame(now, then));
    if (now.type === 'file') {
      losses.add(now.key, wasFile ? 'there' : 'absent', 'there');
      if (!isKnown) unknown += 1;
    } else if (now.type === 'link') counts.link += 1;
    notes.write(formatNote(line, now.type !== 'file' ? 'proven' : isKnown ? 'known' : newKnowledge(now)));
  }

  function newKnowledge({ inode, wayChanged = 0 }: Entry): Knowledge {
    const changed = Number(inode.ctime) / 1e6;
    // Without a tree, all files would have to be sent whose folder has changed since: with a backup of years, most.
    if (lastEnded === undefined) return { since: changed };
    return changed < lastEnded ? 'moved' : { since: Math.max(changed, wayChanged) };
  }

  function lose(before: TreeLine): void {
    if (entryIn(before).type !== 'file' || isExcluded(before.key)) return;
    losses.add(before.key, 'there', isGone(root, before.key, followSymlinks) ? 'gone' : 'kept');
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
