// Decides the state of each key that is on disk, in the last tree, or in both.
import type { Bytes } from '../../tree/bytes.js';
import { GROUP_AND_OTHERS_WRITE, isOthers } from '../../tree/disk/trust/who-can-change.js';
import {
  type Entry,
  mayHideFiles,
  milliseconds,
  type Obstacle,
  type ObstacleReason,
} from '../../tree/entry.js';
import { RandomSample } from '../../tree/streams/random-sample.js';
import type { Spool } from '../../tree/streams/spool.js';
import { entryOfLine, type TreeLine } from '../../tree/tree-file.js';
import type { Backup } from '../backup.js';
import type { DraftLine } from './draft.js';
import { type DraftFiles, DraftWriter } from './draft-writer.js';
import { hasSameContent, isSameFile } from './same-file.js';
import type { ScannedPair } from './scanned-pair.js';

export interface Scan extends DraftFiles {
  readonly counts: ScanCounts;
  /** Some of the files that are as the last tree has them. */
  readonly unchanged: RandomSample<Entry>;
  /** Whether the new tree would equal the last one, line by line. */
  readonly isAsTree: boolean;
  /** What can't be backed up, as JSON texts of `Obstacle`. */
  readonly obstacles: Spool;
  /** In a dry run: what the config excludes, as JSON texts of `Excluded`. */
  readonly excluded: Spool;
  /**
   * The rules of EXCLUDE that exclude nothing, since they match only a folder, each with the first such folder (ends in
   * a `/`). Their author probably expects something else.
   */
  readonly ineffective: ReadonlyMap<string, Bytes>;
}

/** A file or, with a key that ends in a `/`, a folder with its contents. */
export interface Excluded {
  readonly key: Bytes;
  readonly rule: string;
}

/**
 * In `excluded`, a folder with its contents counts once. `othersFolders` are folders that somebody other than root and
 * this user owns or can write to.
 */
export type ScanCounts = Readonly<Record<ObstacleReason | 'link' | 'excluded' | 'othersFolders', number>>;

export class ScanWriter {
  readonly #backup: Backup;
  readonly #hasTree: boolean;
  readonly #user = process.geteuid?.();
  readonly #draft: DraftWriter;
  readonly #obstacles: Spool;
  readonly #excluded: Spool;
  readonly #unchanged = new RandomSample<Entry>();
  /** The rules that have excluded something, and the first folder that each rule of EXCLUDE matches. */
  readonly #effective = new Set<string>();
  readonly #folders = new Map<string, Bytes>();
  readonly #counts: Record<keyof ScanCounts, number> = {
    unreadable: 0,
    special: 0,
    'not UTF-8': 0,
    'key too long': 0,
    loop: 0,
    excluded: 0,
    dangling: 0,
    link: 0,
    othersFolders: 0,
  };
  #isAsTree = true;

  constructor(backup: Backup, hasTree: boolean) {
    this.#backup = backup;
    this.#hasTree = hasTree;
    this.#draft = new DraftWriter(backup);
    [this.#obstacles, this.#excluded] = [backup.spool('obstacles'), backup.spool('excluded')];
  }

  /** @param line of the new tree; '' if there is no entry on disk */
  add(pair: ScannedPair, line: string): void {
    const { onDisk, inTree } = pair;
    if (onDisk === undefined)
      this.#addMissing(pair); // Only in the tree.
    else if (onDisk.type === 'obstacle') {
      this.#addObstacle(onDisk, inTree);
      this.#addMissing(pair);
    } else this.#addEntry(onDisk, pair, line); // On disk, perhaps in the tree.
  }

  addExcluded(key: Bytes, rule: string): void {
    this.#counts.excluded += 1;
    this.#effective.add(rule);
    if (this.#backup.flags.isDry) this.#excluded.write(JSON.stringify({ key, rule } satisfies Excluded));
  }

  close(): Scan {
    for (const spool of [this.#obstacles, this.#excluded]) spool.close();
    return {
      ...this.#draft.close(),
      counts: this.#counts,
      unchanged: this.#unchanged,
      isAsTree: this.#isAsTree,
      obstacles: this.#obstacles,
      excluded: this.#excluded,
      ineffective: new Map([...this.#folders].filter(([rule]) => !this.#effective.has(rule))),
    };
  }

  #addObstacle(obstacle: Obstacle, inTree: TreeLine | undefined): void {
    this.#counts[obstacle.reason] += 1;
    this.#obstacles.write(JSON.stringify(obstacle));
    if (!mayHideFiles(obstacle)) return;
    const state = hasSameContent(obstacle.inode, inTree) ? 'obstacle' : 'hiding obstacle';
    this.#draft.addOther({
      key: obstacle.key,
      state,
      id: '',
      unchangedSince: 0,
      line: '',
      ...lastLineOf(inTree),
    });
  }

  /** An entry of the last tree that is not on disk, or that an obstacle has replaced. */
  #addMissing({ onDisk, inTree, keptInTree }: ScannedPair): void {
    // An obstacle with a line in the draft has the last tree's line there.
    const hasLine = onDisk?.type === 'obstacle' && mayHideFiles(onDisk);
    if (keptInTree !== undefined) {
      if (hasLine) this.#isAsTree = false;
      else this.#draft.addKept(keptInTree.key, keptInTree.line);
    }
    if (inTree === undefined) return;
    this.#isAsTree = false;
    if (entryOfLine(inTree).type === 'file')
      this.#draft.addMissing(inTree.key, hasLine ? undefined : inTree.line);
  }

  #addEntry(entry: Entry, { inTree, isSameLine }: ScannedPair, line: string): void {
    if (line !== inTree?.line) this.#isAsTree = false;
    const { key, type, inode } = entry;
    const before = isSameLine ? entry : inTree && entryOfLine(inTree);
    if (type !== 'file') {
      if (type === 'link') this.#counts.link += 1;
      else this.#addFolder(entry);
      const state = type === 'link' && before?.type === 'link' ? 'known link' : 'no object';
      this.#draft.addOther({ key, state, id: '', unchangedSince: 0, line });
      return;
    }
    const wasFile = before?.type === 'file';
    const lacksCtime = entry.id !== undefined && this.#backup.fileSystems.lacksCtime(entry.id);
    const isUnchanged = wasFile && (isSameLine || isSameFile(entry, before, lacksCtime));
    if (isUnchanged) this.#unchanged.add(entry);
    const state = isUnchanged ? 'unchanged' : 'due';
    const last = isUnchanged ? {} : lastLineOf(inTree);
    const unchangedSince = Math.max(milliseconds(inode.ctime), this.#namedSince(entry));
    this.#draft.addFile(
      { key, state, id: entry.id ?? '', unchangedSince, line, ...last },
      inode.size,
      wasFile,
    );
  }

  #addFolder({ key, inode: { uid, mode } }: Entry): void {
    if (isOthers(uid, this.#user) || (mode & GROUP_AND_OTHERS_WRITE) !== 0) this.#counts.othersFolders += 1;
    const rule = this.#backup.exclusion.ruleFor(key.slice(0, -1) as Bytes);
    if (rule?.startsWith('EXCLUDE ') && !this.#folders.has(rule)) this.#folders.set(rule, key);
  }

  /**
   * When the path of a file last changed (ms since the epoch). Without a tree this is ignored: otherwise all files
   * would be due whose folder changed after their upload, which is most of an old backup.
   */
  #namedSince({ pathChangedAt = 0 }: Entry): number {
    return this.#hasTree ? pathChangedAt : 0;
  }
}

/** The last tree's line of a file: it stays in the tree if the file is not uploaded. */
function lastLineOf(inTree: TreeLine | undefined): Pick<DraftLine, 'lastLine'> {
  return inTree !== undefined && entryOfLine(inTree).type === 'file' ? { lastLine: inTree.line } : {};
}
