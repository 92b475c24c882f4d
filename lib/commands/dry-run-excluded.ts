// What the config leaves out, counted for the dry run: for that alone, folders that are left out are looked into.
import { lstatSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Backup } from '../backup/backup.js';
import type { Excluded } from '../backup/scan.js';
import { OWN_FILES } from '../backup/source/exclusion.js';
import { errnoOf } from '../cli/errors.js';
import { formatBytes } from '../cli/units/quantities.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../tree/bytes.js';
import { readFolder } from '../tree/disk/read-folder.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';

/** How many files and folders are looked at before a signal gets its turn. */
const TURN = 256;

interface Count {
  files: number;
  bytes: number;
  /** Files and folders that can't be read. */
  unreadable: number;
}

/** A line for each rule that has left something out. Links are not followed, and not counted. */
export async function* printExcluded(
  { localDir, interruption }: Pick<Backup, 'localDir' | 'interruption'>,
  excluded: Spool,
): AsyncGenerator<string> {
  const root = bytesOf(localDir);
  const counts = new Map<string, Count>();
  let looks = 0;
  for await (const { key, rule } of flatten(readJson<Excluded>(excluded))) {
    if (rule === OWN_FILES) continue;
    const count = counts.get(rule) ?? { files: 0, bytes: 0, unreadable: 0 };
    counts.set(rule, count);
    // A `/` at its end would have a link followed.
    const left = [joinPath(root, key.replace(/\/$/, '') as Bytes)];
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      for (const it of countOne(path, count)) left.push(it);
      looks += 1;
      if (looks % TURN === 0) await nextTurn();
      interruption.check();
    }
  }
  for (const [rule, count] of counts) yield `exclude: ${describe(count)} (${rule})`;
}

/** @returns what is in it, if it is a folder */
function countOne(path: Bytes, count: Count): Bytes[] {
  try {
    const stats = lstatSync(pathOf(path));
    if (stats.isDirectory()) return readFolder(pathOf(path)).map(({ name }) => joinPath(path, name as Bytes));
    if (!stats.isFile()) return [];
    count.files += 1;
    count.bytes += stats.size;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    if (errno !== 'ENOENT') count.unreadable += 1; // Otherwise it has vanished.
  }
  return [];
}

function describe({ files, bytes, unreadable }: Count): string {
  const counted = `${number(files)} ${files === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}`;
  if (unreadable === 0) return counted;
  return `${counted}, and ${number(unreadable)} ${unreadable === 1 ? 'place' : 'places'} that can't be read`;
}

function number(count: number): string {
  return count.toLocaleString('en');
}
