// Finds the versions of files in the trees of all runs.
import type { Bytes } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { isKeptLine } from '../tree/entry-line.js';
import { type Batches, emptyStream, flatten, mapEach } from '../tree/streams/batches.js';
import { mergeByKey, type Pair } from '../tree/streams/merge.js';
import type { TreeLine } from '../tree/tree-file.js';
import type { Matches } from './name-pattern.js';
import { linesWhere, ownedEntryOf } from './select-entries.js';

/** A file as it was from one run to another. */
export interface FoundVersion {
  readonly entry: Entry;
  /** When the first run that saw this version stored its tree, and the last one its record (ms since the epoch). */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** A found version before its line is parsed. */
interface FoundLine extends Omit<FoundVersion, 'entry'> {
  readonly line: TreeLine;
}

/** The versions of one key, the oldest first. */
interface FoundFile {
  readonly key: Bytes;
  readonly versions: readonly FoundLine[];
}

/** A tree file, when a run stored it, and when the last run that left it as it is ended (ms since the epoch). */
export interface DatedTree {
  readonly file: string;
  readonly stored: number;
  readonly lastSeen: number;
}

/**
 * The matching versions in all of these trees, sorted by key, the oldest of each key first. All trees are read at once,
 * so that memory does not grow with the matches.
 * @param trees the oldest first
 */
export async function* versionsInTrees(
  trees: readonly DatedTree[],
  matches: Matches,
): AsyncGenerator<FoundVersion> {
  for await (const { versions } of flatten(filesInTrees(trees, matches)))
    for (const { line, ...seen } of versions) yield { entry: ownedEntryOf(line), ...seen };
}

/** Merges the halves of the trees, so that a file passes through few merges. */
function filesInTrees(trees: readonly DatedTree[], matches: Matches): Batches<FoundFile> {
  const [tree, ...others] = trees;
  if (tree === undefined) return emptyStream();
  if (others.length === 0) {
    const { file, stored, lastSeen } = tree;
    const fileOf = (line: TreeLine): FoundFile => ({
      key: line.key,
      versions: [{ line, firstSeen: stored, lastSeen }],
    });
    // A kept file was not seen on disk.
    return mapEach(linesWhere(file, matches), (line) => (isKeptLine(line.line) ? undefined : fileOf(line)));
  }
  const middle = trees.length >> 1;
  const [older, newer] = [trees.slice(0, middle), trees.slice(middle)];
  return mapEach(mergeByKey(filesInTrees(older, matches), filesInTrees(newer, matches)), joinVersions);
}

function joinVersions([older, newer]: Pair<FoundFile, FoundFile>): FoundFile | undefined {
  if (older === undefined || newer === undefined) return older ?? newer;
  const { key } = older;
  const [last, next] = [older.versions.at(-1), newer.versions[0]];
  if (last === undefined || next === undefined || !isSameVersion(last.line, next.line))
    return { key, versions: [...older.versions, ...newer.versions] };
  const joined = { ...last, lastSeen: next.lastSeen };
  return { key, versions: [...older.versions.slice(0, -1), joined, ...newer.versions.slice(1)] };
}

/** Most lines are the same, and are not parsed. */
function isSameVersion(a: TreeLine, b: TreeLine): boolean {
  return a.line === b.line || isSameContent(ownedEntryOf(a), ownedEntryOf(b));
}

/** Compares size and mtime, which stand for the content, or the targets of links. */
export function isSameContent(a: Entry, b: Entry): boolean {
  if (a.type !== b.type || a.target !== b.target) return false;
  return a.type !== 'file' || (a.inode.size === b.inode.size && a.inode.mtime === b.inode.mtime);
}
