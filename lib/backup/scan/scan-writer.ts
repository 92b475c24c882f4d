// Decides what becomes of each key that is on disk, in the last tree, or in both.
import type { Acl } from '../../tree/acl.js';
import type { Bytes } from '../../tree/bytes.js';

import { type Entry, mayHideFiles, type Obstacle } from '../../tree/entry.js';
import { formatEntry, isKeptLine, isSameLine, lineWithAcl, type OwnerNames } from '../../tree/entry-line.js';
import type { Pair } from '../../tree/streams/merge.js';
import type { Spool } from '../../tree/streams/spool.js';
import { entryOfLine, type OpenedTree, type TreeLine } from '../../tree/tree-file.js';
import type { Backup } from '../backup.js';
import { RandomSample } from '../verify/random.js';
import { type DraftLine, milliseconds } from './draft.js';
import { DraftWriter } from './draft-writer.js';
import { FolderPatterns } from './folder-patterns.js';
import { isAnotherFile, isSameFile } from './same-file.js';
import type { Excluded, Scan, ScanCounts } from './scan-result.js';

/** What is on disk under a key, and what the last tree has. */
export interface ScannedPair {
  readonly onDisk: Entry | Obstacle | undefined;
  readonly inTree: TreeLine | undefined;
  /** What the last tree has, if it was gone from disk then: as good as nothing, once it is on disk again. */
  readonly keptInTree: TreeLine | undefined;
  /** The entry's line in a tree, without its ACL; '' if there is no entry on disk. */
  readonly line: string;
  readonly isSameLine: boolean;
  readonly needsAcl: boolean;
}

export class ScanWriter {
  readonly #backup: Backup;
  readonly #hasTree: boolean;
  readonly #treeHasAcls: boolean;
  readonly #names: OwnerNames;
  readonly #user = process.geteuid?.();
  readonly #draft: DraftWriter;
  readonly #obstacles: Spool;
  readonly #excluded: Spool;
  readonly #unchanged = new RandomSample<Entry>();
  readonly #folderPatterns: FolderPatterns;
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

  constructor(backup: Backup, tree: OpenedTree<TreeLine> | undefined, names: OwnerNames) {
    this.#backup = backup;
    this.#names = names;
    this.#hasTree = tree !== undefined;
    this.#treeHasAcls = tree?.hasAcls === true;
    this.#draft = new DraftWriter(backup);
    this.#folderPatterns = new FolderPatterns(backup.exclusion);
    [this.#obstacles, this.#excluded] = [backup.spool('obstacles'), backup.spool('excluded')];
  }

  prepare([onDisk, lineInTree]: Pair<Entry | Obstacle, TreeLine>): ScannedPair {
    const isKept = lineInTree !== undefined && isKeptLine(lineInTree.line);
    const [inTree, keptInTree] = isKept ? [undefined, lineInTree] : [lineInTree, undefined];
    const isEntry = onDisk !== undefined && onDisk.type !== 'obstacle';
    const line = isEntry ? formatEntry(onDisk, this.#names) : '';
    // Most lines have not changed by a byte.
    const isSame = inTree !== undefined && isSameLine(inTree.line, line);
    // A change of an ACL moves the ctime: while the line is the same, the tree's ACL is valid.
    const isAclKnown = isSame && this.#treeHasAcls;
    const needsAcl = this.#backup.header.hasAcls === true && isEntry && onDisk.type !== 'link' && !isAclKnown;
    return { onDisk, inTree, keptInTree, line, isSameLine: isSame, needsAcl };
  }

  /** @param acl the answer, if the pair needed one */
  add(pair: ScannedPair, acl: Acl | undefined): void {
    const { onDisk, inTree } = pair;
    if (onDisk === undefined)
      this.#addMissing(pair); // Only in the tree.
    else if (onDisk.type === 'obstacle') {
      this.#addObstacle(onDisk, inTree);
      this.#addMissing(pair);
    } else this.#addEntry(onDisk, pair, acl); // On disk, perhaps in the tree.
  }

  addExcluded(key: Bytes, rule: string): void {
    this.#counts.excluded += 1;
    this.#folderPatterns.addEffective(rule);
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
      ineffectivePatterns: this.#folderPatterns.ineffective(),
    };
  }

  #addObstacle(obstacle: Obstacle, inTree: TreeLine | undefined): void {
    this.#counts[obstacle.reason] += 1;
    this.#obstacles.write(JSON.stringify(obstacle));
    if (!mayHideFiles(obstacle)) return;
    const isHiding = obstacle.key.endsWith('/') || isAnotherFile(obstacle, inTree);
    const state = isHiding ? 'hiding obstacle' : 'obstacle';
    this.#draft.addOther(
      { key: obstacle.key, state, id: '', unchangedSince: 0, line: '', ...lastLineOf(inTree) },
      inTree !== undefined,
    );
  }

  /** An entry of the last tree that is not on disk, or that an obstacle has replaced. */
  #addMissing({ onDisk, inTree, keptInTree }: ScannedPair): void {
    // An obstacle that has a line in the draft has the last tree's there.
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

  #addEntry(entry: Entry, { inTree, line: lineOnDisk, isSameLine, needsAcl }: ScannedPair, acl?: Acl): void {
    const isLineKnown = isSameLine && !needsAcl;
    const line = isLineKnown ? (inTree?.line ?? lineOnDisk) : lineWithAcl(lineOnDisk, acl);
    if (line !== inTree?.line) this.#isAsTree = false;
    const { key, type, inode } = entry;
    if (type !== 'file') {
      if (type === 'link') this.#counts.link += 1;
      else {
        this.#folderPatterns.addFolder(key);
        if (isOthers(entry, this.#user)) this.#counts.othersFolders += 1;
      }
      const wasLink = inTree !== undefined && (isSameLine || entryOfLine(inTree).type === 'link');
      const state = type === 'link' && wasLink ? 'known link' : 'no object';
      this.#draft.addOther({ key, state, id: '', unchangedSince: 0, line }, inTree !== undefined);
      return;
    }
    const before = isSameLine ? entry : inTree && entryOfLine(inTree);
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

  /**
   * When the path of a file last changed (ms since the epoch). Without a tree it is ignored: all files would be due whose
   * folder changed after their upload, which is most of an old backup.
   */
  #namedSince({ pathChangedAt = 0 }: Entry): number {
    return this.#hasTree ? pathChangedAt : 0;
  }
}

/** For a file that the last tree has: if it is not uploaded, its line stays in the tree. */
function lastLineOf(inTree: TreeLine | undefined): Pick<DraftLine, 'lastLine'> {
  return inTree !== undefined && entryOfLine(inTree).type === 'file' ? { lastLine: inTree.line } : {};
}

/** True for a folder that somebody other than root and `user` owns or can write to. */
function isOthers({ inode: { uid, mode } }: Entry, user: number | undefined): boolean {
  return (uid !== 0 && uid !== user) || (mode & 0o022) !== 0;
}
