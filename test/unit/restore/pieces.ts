// Helpers for tests of restores: temporary folders, entries of a tree, spools.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ListedKey } from '../../../lib/restore/plan/planned-file.js';
import { type Bytes, bytesOf } from '../../../lib/tree/bytes.js';
import type { Entry, Inode } from '../../../lib/tree/entry.js';
import type { Batches } from '../../../lib/tree/streams/batches.js';
import { Spool } from '../../../lib/tree/streams/spool.js';

/** Makes a temporary folder. @returns its absolute path, without links */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'restore-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Nanoseconds: 1,000,000,000 s. */
export const MTIME = '1000000000000000000';

/** An entry: a folder if `key` ends in a `/`, a link if it has a `target`, otherwise a file. */
export function entry(key: string, inode: Partial<Inode> = {}, target?: string): Entry {
  const isFolder = key.endsWith('/');
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return {
    key: bytesOf(key),
    type: target !== undefined ? 'link' : isFolder ? 'directory' : 'file',
    inode: { size: 0, mtime: MTIME, ctime: MTIME, mode: isFolder ? 0o755 : 0o644, ...owner, ...inode },
    ...(target !== undefined && { target: bytesOf(target) }),
  };
}

export async function* streamOf<T extends { readonly key: Bytes }>(items: readonly T[]): Batches<T> {
  yield sorted(items);
}

export function spoolOf(folder: string, name: string, lines: readonly ListedKey[]): Spool {
  const spool = new Spool(join(folder, name));
  for (const line of sorted(lines)) spool.write(JSON.stringify(line));
  spool.close();
  return spool;
}

function sorted<T extends { readonly key: Bytes }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.key < b.key ? -1 : 1));
}
