// Checks the claims of the record and the tree in the fake bucket.
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
import type { FakeBucket } from '../fakes/fake-bucket.js';

export interface ClaimedBackup {
  readonly bucket: FakeBucket;
  readonly prefix: string;
  readonly root: string;
  readonly followSymlinks: boolean;
  /** For a copy of the tree. */
  readonly folder: string;
}

/** The record of the last run; `undefined` if there is none. */
export function recordIn(bucket: FakeBucket, prefix: string): LastRun | undefined {
  const body = bucket.current().get(`backup.info/runs/${prefix}last-run.json`)?.body;
  return body === undefined ? undefined : (JSON.parse(body.toString()) as LastRun);
}

/** Whether the tree in the bucket belongs to the record: a run may be killed after it has stored only one of them. */
export function isTreeOfRecord(bucket: FakeBucket, prefix: string): boolean {
  const body = bucket.current().get(`backup.info/runs/${prefix}tree.ndjson.gz`)?.body;
  const sha256 = body && createHash('sha256').update(body).digest('hex');
  return recordIn(bucket, prefix)?.treeSha256 === sha256;
}

/**
 * Asserts that the bucket held what the tree claims when the tree was stored, and again when its record was; and that
 * the bucket now holds the content of each file that is on disk as the tree describes it.
 * @param isDoubtful whether only a full run can know what the bucket holds for a path
 */
export async function assertRecordIsTrue(
  { bucket, prefix, root, followSymlinks, folder }: ClaimedBackup,
  isDoubtful: (path: string) => boolean,
): Promise<void> {
  const versions = bucket.versions();
  const tree = versions.findLastIndex(({ key }) => key === `backup.info/runs/${prefix}tree.ndjson.gz`);
  const body = versions[tree]?.body;
  if (body === undefined) return;
  const isOfRecord = isTreeOfRecord(bucket, prefix);
  const record = versions.findLastIndex(({ key }) => key === `backup.info/runs/${prefix}last-run.json`);
  const at = isOfRecord ? Math.max(tree, record) : tree;
  const then = new Map(versions.slice(0, at).map((version) => [version.key, version.body]));
  const now = bucket.current();
  for await (const { key, type, inode, isUnproven, isKept } of entriesIn(body, folder)) {
    const path = textOf(key);
    // A kept file was gone from disk: its object may have been deleted although the deletion seemed to fail.
    if (type !== 'file' || isKept || isDoubtful(path)) continue;
    const object = then.get(prefix + path);
    assert.ok(object !== undefined, `claimed, but not stored: ${JSON.stringify(path)}`);
    // An unproven entry claims that some version of the file is stored, not which one.
    if (isUnproven) continue;
    assert.equal(object.length, inode.size, `stored with another size: ${JSON.stringify(path)}`);
    const content = contentIfSame(join(root, path), inode, followSymlinks);
    if (content !== undefined)
      assert.deepEqual(
        now.get(prefix + path)?.body,
        content,
        `stored with other content: ${JSON.stringify(path)}`,
      );
  }
}

/** The paths of the kept entries in the tree. */
export async function keptPaths({ bucket, prefix, folder }: ClaimedBackup): Promise<string[]> {
  const body = bucket.current().get(`backup.info/runs/${prefix}tree.ndjson.gz`)?.body;
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

/** The file's content; `undefined` if the file is not as the inode describes it. */
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
