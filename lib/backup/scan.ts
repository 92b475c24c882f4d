import type { Acl } from '../tree/acl.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import { isGone } from '../tree/disk/is-gone.js';
import { ownerNames } from '../tree/disk/owner-names.js';
import { withAcls } from '../tree/disk/read-acls.js';
import { walk } from '../tree/disk/walk.js';
import type { Entry, Obstacle, ObstacleReason } from '../tree/entry.js';
import { formatEntry, isSameLine, lineWithAcl } from '../tree/entry-line.js';
import { emptyStream, mapEach } from '../tree/streams/batches.js';
import { mergeByKey, type Pair } from '../tree/streams/merge.js';
import type { Spool } from '../tree/streams/spool.js';
import { entryOfLine, type OpenedTree, type TreeLine } from '../tree/tree-file.js';
import type { Backup } from './backup.js';
import { milliseconds } from './check/is-stored.js';
import { LossCounter, type Losses } from './guard/losses.js';
import { type DraftLine, formatDraftLine } from './scan/draft.js';
import { Sample } from './verify/sample.js';

export interface Scan {
  /** Every entry; see draft.ts. */
  readonly draft: Spool;
  /** The lines of the draft that are due. */
  readonly due: DueList;
  /** The keys, as JSON texts, of the last tree's files that are gone from disk. */
  readonly gone: Spool;
  /** Of the last tree's files. */
  readonly losses: Losses;
  readonly counts: ScanCounts;
  /** How many places can't be read, or have names that can't be keys, and may hold what is gone. */
  readonly unknown: number;
  /** Some of the files that are as the last tree has them. */
  readonly unchanged: Sample<Entry>;
  /** Whether the disk is line for line what the last tree has. */
  readonly isAsTree: boolean;
  /** What could not be taken along, as JSON texts of `Obstacle`. */
  readonly obstacles: Spool;
  /** In a dry run: what the config leaves out, as JSON texts of `Excluded`. */
  readonly excluded: Spool;
}

/** A file, or a folder with everything in it, whose key ends in a `/`. */
export interface Excluded {
  readonly key: Bytes;
  readonly rule: string;
}

export interface DueList {
  readonly files: Spool;
  readonly bytes: number;
  /** How many of them the last tree has: they are overwritten in the bucket. */
  readonly overwritten: number;
}

export interface ScanCounts extends Readonly<Record<ObstacleReason, number>> {
  readonly link: number;
  /** What the config leaves out: files, and folders with everything in them. */
  readonly excluded: number;
  /** Folders that somebody else than root and this user owns or can write to. */
  readonly othersFolders: number;
}

/**
 * @param tree the last run's; `undefined`, if there is none
 * @throws {DamagedTreeError} if the tree can't be read to its end
 */
export async function scanLocalDir(backup: Backup, tree: OpenedTree<TreeLine> | undefined): Promise<Scan> {
  const scan = new ScanWriter(backup, tree);
  const { localDir, followSymlinks, exclusion, interruption } = backup;
  const onTurn = () => interruption.check();
  const onExcluded = (key: Bytes, rule: string) => scan.leaveOut(key, rule);
  const entries = walk(bytesOf(localDir), { followSymlinks, exclusion, onTurn, onExcluded });
  const looks = mapEach(mergeByKey(entries, tree?.entries ?? emptyStream()), (pair) => scan.look(pair));
  const root = bytesOf(localDir);
  const answered = withAcls({ root, followSymlinks }, looks, ({ isAsked, now }) =>
    isAsked ? now?.key : undefined,
  );
  for await (const batch of answered) for (const [look, acl] of batch) scan.add(look, acl);
  return scan.close();
}

/** What is under a key now, and what the last tree has. */
interface Look {
  readonly now: Entry | Obstacle | undefined;
  readonly before: TreeLine | undefined;
  /** In a tree, without its ACL; '' of what is no entry. */
  readonly line: string;
  readonly isSameLine: boolean;
  /** Whether its ACL has to be asked for. */
  readonly isAsked: boolean;
}

class ScanWriter {
  readonly #backup: Backup;
  readonly #hasTree: boolean;
  readonly #lastHasAcls: boolean;
  readonly #root: Bytes;
  readonly #names = ownerNames();
  readonly #user = process.geteuid?.();
  readonly #draft: Spool;
  readonly #due: Spool;
  readonly #gone: Spool;
  readonly #obstacles: Spool;
  readonly #excluded: Spool;
  readonly #losses = new LossCounter();
  readonly #unchanged = new Sample<Entry>();
  readonly #counts: Record<keyof ScanCounts, number> = {
    unreadable: 0,
    special: 0,
    'not UTF-8': 0,
    loop: 0,
    excluded: 0,
    dangling: 0,
    link: 0,
    othersFolders: 0,
  };
  #dueBytes = 0;
  #overwritten = 0;
  #unknown = 0;
  #isAsTree = true;

  constructor(backup: Backup, tree: OpenedTree<TreeLine> | undefined) {
    this.#backup = backup;
    this.#hasTree = tree !== undefined;
    this.#lastHasAcls = tree?.hasAcls === true;
    this.#root = bytesOf(backup.localDir);
    [this.#draft, this.#due, this.#gone, this.#obstacles, this.#excluded] = [
      backup.spool('draft'),
      backup.spool('due'),
      backup.spool('gone'),
      backup.spool('obstacles'),
      backup.spool('excluded'),
    ];
  }

  look([now, before]: Pair<Entry | Obstacle, TreeLine>): Look {
    const isEntry = now !== undefined && now.type !== 'obstacle';
    const line = isEntry ? formatEntry(now, this.#names) : '';
    // Most lines are to the byte what they were.
    const isSame = before !== undefined && isSameLine(before.line, line);
    // Whatever is done to an ACL moves the ctime: where that is as it was, the last run's answer holds.
    const isKnown = isSame && this.#lastHasAcls;
    const isAsked = this.#backup.header.hasAcls === true && isEntry && now.type !== 'link' && !isKnown;
    return { now, before, line, isSameLine: isSame, isAsked };
  }

  add(look: Look, acl: Acl | undefined): void {
    const { now, before } = look;
    if (now === undefined || now.type === 'obstacle') {
      if (now !== undefined) this.#addObstacle(now, before);
      if (before !== undefined) this.#addMissing(before);
    } else this.#addEntry(now, before, look, acl);
  }

  leaveOut(key: Bytes, rule: string): void {
    this.#counts.excluded += 1;
    if (this.#backup.flags.isDry) this.#excluded.write(JSON.stringify({ key, rule } satisfies Excluded));
  }

  close(): Scan {
    for (const it of [this.#draft, this.#due, this.#gone, this.#obstacles, this.#excluded]) it.close();
    return {
      draft: this.#draft,
      due: { files: this.#due, bytes: this.#dueBytes, overwritten: this.#overwritten },
      gone: this.#gone,
      losses: this.#losses,
      counts: this.#counts,
      unknown: this.#unknown,
      unchanged: this.#unchanged,
      isAsTree: this.#isAsTree,
      obstacles: this.#obstacles,
      excluded: this.#excluded,
    };
  }

  #addObstacle(obstacle: Obstacle, before: TreeLine | undefined): void {
    this.#counts[obstacle.reason] += 1;
    this.#obstacles.write(JSON.stringify(obstacle));
    if (!mayHideFiles(obstacle)) return;
    // What is gone may have moved into a folder that can't be read, whatever the tree has of it.
    const mayHide = obstacle.key.endsWith('/') || isAnother(obstacle, before);
    if (before === undefined || mayHide) this.#unknown += 1;
    const state = mayHide ? 'hiding obstacle' : 'obstacle';
    this.#write({ key: obstacle.key, state, id: '', since: 0, line: '' });
  }

  /** Something of the last tree that is not on disk, or is no entry any more. */
  #addMissing(before: TreeLine): void {
    this.#isAsTree = false;
    if (entryOfLine(before).type !== 'file' || this.#backup.isExcluded(before.key)) return;
    const hasGone = isGone(this.#root, before.key, this.#backup.followSymlinks);
    this.#losses.add(before.key, true, hasGone ? 'gone' : 'kept');
    if (hasGone) this.#gone.write(JSON.stringify(textOf(before.key)));
  }

  #addEntry(now: Entry, before: TreeLine | undefined, look: Look, acl: Acl | undefined): void {
    const isKnown = look.isSameLine && !look.isAsked;
    const line = isKnown ? (before?.line ?? look.line) : lineWithAcl(look.line, acl);
    if (line !== before?.line) this.#isAsTree = false;
    if (now.type !== 'file') {
      if (now.type === 'link') this.#counts.link += 1;
      else if (isOthers(now, this.#user)) this.#counts.othersFolders += 1;
      this.#write({ key: now.key, state: 'no object', id: '', since: 0, line });
      return;
    }
    const then = look.isSameLine ? now : before && entryOfLine(before);
    const wasFile = then?.type === 'file';
    this.#losses.add(now.key, wasFile, 'on disk');
    const isUnchanged = wasFile && (look.isSameLine || isSame(now, then));
    // Without a tree, all files would have to be sent whose folder has changed since: with a backup of years, most.
    const pathChangedAt = this.#hasTree ? (now.pathChangedAt ?? 0) : 0;
    const draft: DraftLine = {
      key: now.key,
      state: isUnchanged ? 'unchanged' : 'due',
      id: now.id ?? '',
      since: Math.max(milliseconds(now.inode.ctime), pathChangedAt),
      line,
    };
    this.#write(draft);
    if (isUnchanged) {
      this.#unchanged.add(now);
      return;
    }
    this.#due.write(formatDraftLine(draft));
    this.#dueBytes += now.inode.size;
    if (wasFile) this.#overwritten += 1;
  }

  #write(draft: DraftLine): void {
    this.#draft.write(formatDraftLine(draft));
  }
}

/**
 * True if a file is the same as it was: whatever is done to an inode moves its ctime. Another file that came under its
 * name may have the same times: many are written in one tick of the clock.
 */
function isSame({ inode }: Entry, before: Entry): boolean {
  const { size, mtime, ctime, ino } = before.inode;
  if (ino !== undefined && inode.ino !== undefined && ino !== inode.ino) return false;
  return inode.ctime === ctime && inode.mtime === mtime && inode.size === size;
}

/** True if a file that can't be read is known to have taken the place of the last tree's: it may be one that is gone. */
function isAnother({ ino }: Obstacle, before: TreeLine | undefined): boolean {
  const then = before && entryOfLine(before).inode.ino;
  return ino !== undefined && then !== undefined && ino !== then;
}

/** True for a folder that somebody else than root and `user` owns or can write to. */
function isOthers({ inode: { uid, mode } }: Entry, user: number | undefined): boolean {
  return (uid !== 0 && uid !== user) || (mode & 0o022) !== 0;
}

/** True if there may be files that nothing is known of. */
export function mayHideFiles({ reason }: Obstacle): boolean {
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
