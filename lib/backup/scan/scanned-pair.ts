// A key on disk and in the last tree, and the line that a new tree would have for it.
import type { Acl } from '../../tree/acl.js';
import type { Entry, Obstacle } from '../../tree/entry.js';
import { formatEntry, isKeptLine, isSameLine, lineWithAcl, type OwnerNames } from '../../tree/entry-line.js';
import type { Pair } from '../../tree/streams/merge.js';
import type { TreeLine } from '../../tree/tree-file.js';

export interface ScannedPair {
  readonly onDisk: Entry | Obstacle | undefined;
  readonly inTree: TreeLine | undefined;
  /** The last tree's line if the file was kept then. It counts as missing if the file is on disk again. */
  readonly keptInTree: TreeLine | undefined;
  /** The entry's line in a tree, without its ACL; '' if there is no entry on disk. */
  readonly line: string;
  readonly isSameLine: boolean;
  readonly needsAcl: boolean;
}

/** @param hasAcls whether the new tree has ACLs, and whether the last one has */
export function scannedPair(
  [onDisk, lineInTree]: Pair<Entry | Obstacle, TreeLine>,
  names: OwnerNames,
  hasAcls: { readonly now: boolean; readonly before: boolean },
): ScannedPair {
  const isKept = lineInTree !== undefined && isKeptLine(lineInTree.line);
  const [inTree, keptInTree] = isKept ? [undefined, lineInTree] : [lineInTree, undefined];
  const isEntry = onDisk !== undefined && onDisk.type !== 'obstacle';
  const line = isEntry ? formatEntry(onDisk, names) : '';
  // Most lines are byte for byte the same.
  const isSame = inTree !== undefined && isSameLine(inTree.line, line);
  // A change of an ACL moves the ctime: while the line is the same, the tree's ACL is valid.
  const isAclKnown = isSame && hasAcls.before;
  const needsAcl = hasAcls.now && isEntry && onDisk.type !== 'link' && !isAclKnown;
  return { onDisk, inTree, keptInTree, line, isSameLine: isSame, needsAcl };
}

/** The line of the new tree. @param acl the ACL that was read, if the pair needed one */
export function newLine({ inTree, line, isSameLine, needsAcl }: ScannedPair, acl: Acl | undefined): string {
  return isSameLine && !needsAcl ? (inTree?.line ?? line) : lineWithAcl(line, acl);
}
