// Counts what the config excludes, for the dry run. Only the dry run enters excluded folders.
import { lstatSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Backup } from '../backup/backup.js';
import type { Excluded } from '../backup/scan/scan-writer.js';
import { OWN_FILES } from '../backup/source/source-exclusion.js';
import { errnoOf } from '../cli/errors.js';
import { formatBytes, formatCount } from '../cli/units/quantities.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../tree/bytes.js';
import { mountPoints } from '../tree/disk/mount-points.js';
import { namesIn } from '../tree/disk/read-folder.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';

/** How many files and folders are counted before signals are handled. */
const TURN = 256;

interface Count {
  files: number;
  bytes: number;
  /** How many files and folders can't be read. */
  unreadable: number;
  /** How many mounted file systems there are. They are not entered. */
  mounts: number;
}

/** Yields a text for each rule that excludes something. Links are neither followed nor counted. */
export async function* describeExcluded(
  { localDir, interruption }: Pick<Backup, 'localDir' | 'interruption'>,
  excluded: Spool,
  mounts = mountPoints(),
): AsyncGenerator<string> {
  const root = bytesOf(localDir);
  const counts = new Map<string, Count>();
  let counted = 0;
  for await (const { key, rule } of flatten(readJson<Excluded>(excluded))) {
    if (rule === OWN_FILES) continue;
    const count = counts.get(rule) ?? { files: 0, bytes: 0, unreadable: 0, mounts: 0 };
    counts.set(rule, count);
    // With a `/` at the end, lstat would follow a link.
    const waiting = [joinPath(root, key.replace(/\/$/, '') as Bytes)];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      // A mount may hang, and be excluded for that.
      if (mounts.has(path)) count.mounts += 1;
      else for (const content of countOne(path, count)) waiting.push(content);
      counted += 1;
      if (counted % TURN === 0) await nextTurn();
      interruption.check();
    }
  }
  for (const [rule, count] of counts) yield `${describe(count)} (${rule})`;
}

/** Counts a file. @returns the paths of a folder's contents */
function countOne(path: Bytes, count: Count): Bytes[] {
  try {
    const stats = lstatSync(pathOf(path));
    if (stats.isDirectory()) return namesIn(path).map((name) => joinPath(path, name));
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

function describe({ files, bytes, unreadable, mounts }: Count): string {
  const places = unreadable === 0 ? '' : `, and ${formatCount(unreadable, 'place')} that can't be read`;
  const mounted = mounts === 0 ? '' : `, and ${formatCount(mounts, 'mount')} not entered`;
  return `${formatCount(files, 'file')}, ${formatBytes(bytes)}${places}${mounted}`;
}
