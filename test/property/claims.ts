// What the record in the fake bucket claims, and whether it is true.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LastRun } from '../../lib/records/last-run.js';
import { textOf } from '../../lib/tree/bytes.js';
import type { Entry, Inode } from '../../lib/tree/entry.js';
import { parseEntry } from '../../lib/tree/entry-line.js';
import { flatten } from '../../lib/tree/streams/batches.js';
import { openTree } from '../../lib/tree/tree-file.js';
import type { Journal } from '../fakes/journal.js';

export interface ClaimedBackup {
  readonly journal: Journal;
  readonly prefix: string;
  readonly root: string;
  readonly followSymlinks: boolean;
  /** Where the tree can be put to be read. */
  readonly folder: string;
}

/** The record of the last run; `undefined` if there is none. */
export function recordIn(journal: Journal, prefix: string): LastRun | undefined {
  const body = journal.current().get(`backup.info/runs/${prefix}last-run.json`)?.body;
  return body === undefined ? undefined : (JSON.parse(body.toString()) as LastRun);
}

/** Whether the tree in the bucket is the one that the record belongs to: a run may be killed when it has stored one. */
export function isTreeOfRecord(journal: Journal, prefix: string): boolean {
  const body = journal.current().get(`backup.info/runs/${prefix}tree.ndjson.gz`)?.body;
  const sha256 = body && createHash('sha256').update(body).digest('hex');
  return recordIn(journal, prefix)?.treeSha256 === sha256;
}

/**
 * What the tree claims to be in the backup was there when it was stored, and when a record said so again; and what is
 * on disk as the tree has it is in the bucket as it is on disk.
 * @param isExcused whether nobody but a full run can know what the bucket has under a path
 */
export async function assertRecordIsTrue(
  { journal, prefix, root, followSymlinks, folder }: ClaimedBackup,
  isExcused: (path: string) => boolean,
): Promise<void> {
  const versions = journal.versions();
  const tree = versions.findLastIndex(({ key }) => key === `backup.info/runs/${prefix}tree.ndjson.gz`);
  const body = versions[tree]?.body;
  if (body === undefined) return;
  const isOfRecord = isTreeOfRecord(journal, prefix);
  const record = versions.findLastIndex(({ key }) => key === `backup.info/runs/${prefix}last-run.json`);
  const at = isOfRecord ? Math.max(tree, record) : tree;
  const then = new Map(versions.slice(0, at).map((version) => [version.key, version.body]));
  const now = journal.current();
  for await (const { key, type, inode, isUnproven, isKept } of entriesIn(body, folder)) {
    const path = textOf(key);
    // Of a kept file, it is claimed that it was gone from disk: its deletion may have been done, and seemed to fail.
    if (type !== 'file' || isKept || isExcused(path)) continue;
    const object = then.get(prefix + path);
    assert.ok(object !== undefined, `claimed, but not there: ${JSON.stringify(path)}`);
    // It is claimed that there is a version of it, not which one.
    if (isUnproven) continue;
    assert.equal(object.length, inode.size, `another size: ${JSON.stringify(path)}`);
    const content = contentIfSame(join(root, path), inode, followSymlinks);
    if (content !== undefined)
      assert.deepEqual(now.get(prefix + path)?.body, content, `stored otherwise: ${JSON.stringify(path)}`);
  }
}

/** The paths that the tree has as kept. */
export async function keptPaths({ journal, prefix, folder }: ClaimedBackup): Promise<string[]> {
  const body = journal.current().get(`backup.info/runs/${prefix}tree.ndjson.gz`)?.body;
  const paths: string[] = [];
  if (body === undefined) return paths;
  for await (const { key, isKept } of entriesIn(body, folder)) if (isKept) paths.push(textOf(key));
  return paths;
}

async function* entriesIn(tree: Buffer, folder: string): AsyncGenerator<Entry> {
  const file = join(folder, 'tree');
  writeFileSync(file, tree);
  yield* flatten((await openTree(file, parseEntry)).entries);
}

/** `undefined` if the file is not as it was. */
function contentIfSame(
  file: string,
  { size, mtime, ctime, ino }: Inode,
  followSymlinks: boolean,
): Buffer | undefined {
  try {
    const stats = (followSymlinks ? statSync : lstatSync)(file, { bigint: true });
    const isSame =
      stats.isFile() &&
      `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}` === `${size} ${mtime} ${ctime}` &&
      (ino === undefined || `${stats.ino}` === `${ino}`);
    return isSame ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
