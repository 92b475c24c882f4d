// The listing of the bucket, compared with what is on disk: what is proven to be in the backup, what has to be
// sent, and what is in the bucket only.
import { join } from 'node:path';
import type { StoredObject } from '../aws/listing.js';
import { readAcls } from '../tree/acls.js';
import { type Batches, singly } from '../tree/batches.js';
import { type Bytes, textOf } from '../tree/bytes.js';
import type { Entry, Inode } from '../tree/entry.js';
import { formatEntry } from '../tree/entry-line.js';
import { isGone } from '../tree/gone.js';
import { mergeByKey } from '../tree/merge.js';
import { ownerNames } from '../tree/owner-names.js';
import type { TreeHeader, TreeTotals } from '../tree/tree-file.js';
import { TreeWriter } from '../tree/tree-writer.js';
import type { IsExcluded } from './exclusion.js';
import { Losses } from './guard.js';
import { versionOf } from './judge.js';
import { formatNote, formatObstacle, type NotedEntry, readNotes } from './noted-entry.js';
import { Sample } from './sample.js';
import { readJson, Spool } from './spool.js';
import type { Judge } from './verdicts.js';

/** A file that is not in the backup as it is, and why. */
export interface Due {
  readonly path: string;
  readonly why: string;
}

export interface Findings {
  /** The entries again, with what is known of them now. */
  readonly notes: Spool;
  /** The tree of what is proven. */
  readonly treeFile: string;
  readonly totals: TreeTotals;
  /** Files that `aws s3 sync` uploads by its own rule, and those that it does not: a JSON `Due` a line. */
  readonly awaited: Spool;
  readonly toSend: Spool;
  /** Keys, as JSON texts, that are in the bucket and whose file is gone. */
  readonly gone: Spool;
  /** How many are in the bucket only, but for which that proof is missing. */
  readonly kept: number;
  readonly vanished: number;
  /** How many files the bucket holds nothing of; and how many files and folders that can't be read or stored. */
  readonly missing: number;
  readonly unknown: number;
  readonly losses: Losses;
  /** Random files that are proven, and random keys of objects. */
  readonly proven: Sample<Entry>;
  readonly objects: Sample<Bytes>;
}

export interface ReconcileOptions {
  readonly root: Bytes;
  readonly followSymlinks: boolean;
  readonly isExcluded: IsExcluded;
  readonly header: TreeHeader;
  /** The run's own, for its notes. */
  readonly folder: string;
}

/**
 * @param pass of its own, for the names of the notes
 * @param notes of the walk or of the pass before
 */
export async function reconcile(
  options: ReconcileOptions,
  pass: string,
  notes: Spool,
  objects: Batches<StoredObject>,
  judge: Judge,
): Promise<Findings> {
  const { root, followSymlinks, isExcluded, header, folder } = options;
  const names = ownerNames();
  const spool = (name: string) => new Spool(join(folder, `${name}-${pass}`));
  const [next, awaited, toSend, gone] = [spool('notes'), spool('awaited'), spool('to-send'), spool('gone')];
  const treeFile = join(folder, `tree-${pass}`);
  const tree = new TreeWriter(treeFile, header);
  const losses = new Losses();
  const samples = { proven: new Sample<Entry>(), objects: new Sample<Bytes>() };
  let kept = 0;
  let vanished = 0;
  let missing = 0;
  let unknown = 0;
  try {
    for await (const pairs of mergeByKey(readNotes(notes), objects)) {
      for (const [noted, object] of pairs) {
        if (object !== undefined) samples.objects.add(object.key);
        if (noted?.entry !== undefined) await take(noted, object);
        else {
          if (noted !== undefined) meet(noted.key, object);
          if (object !== undefined) leftOver(object.key);
        }
      }
    }
    for (const it of [next, awaited, toSend, gone]) it.close();
    const totals = await tree.close();
    const counts = { kept, vanished, missing, unknown };
    return { notes: next, treeFile, totals, awaited, toSend, gone, ...counts, losses, ...samples };
  } catch (error) {
    await tree.abandon();
    throw error;
  }

  function meet(obstacle: Bytes, object: StoredObject | undefined): void {
    next.write(formatObstacle(obstacle));
    // What is gone may have moved into a folder that can't be read, whatever the bucket has of it.
    if (object === undefined || obstacle.endsWith('/')) unknown += 1;
  }

  /** A promise is returned when the disk has to be waited for. */
  function take(noted: NotedEntry, object: StoredObject | undefined): Promise<void> | undefined {
    const { entry, line } = noted;
    if (entry.type === 'file') losses.add(entry.key, object === undefined ? 'absent' : 'there', 'there');
    const outcome = judge(noted, object);
    if (outcome.is === 'proven') {
      next.write(formatNote(line, 'proven'));
      if (entry.type === 'file') samples.proven.add(entry);
      return tree.write(entry, line);
    }
    if (outcome.is === 'vanished') vanished += 1;
    else {
      if (object === undefined) missing += 1;
      const due: Due = { path: textOf(entry.key), why: outcome.why };
      (outcome.is === 'awaited' ? awaited : toSend).write(JSON.stringify(due));
      const inode = outcome.is === 'to send' ? outcome.inode : undefined;
      const before = { before: versionOf(object) };
      if (inode !== undefined)
        return lineOf(entry, inode).then((changed) => next.write(formatNote(changed, before)));
      next.write(formatNote(line, before));
    }
    return undefined;
  }

  /** Of a file that has changed since it was noted; its ACL may have, too. */
  async function lineOf({ acl: _, ...entry }: Entry, inode: Inode): Promise<string> {
    const acls = header.hasAcls ? await readAcls({ root, followSymlinks }, [entry.key]) : new Map();
    const acl = acls.get(entry.key);
    return formatEntry({ ...entry, inode, ...(acl !== undefined && { acl }) }, names);
  }

  function leftOver(key: Bytes): void {
    if (isExcluded(key)) return;
    const isProven = isGone(root, key, followSymlinks);
    losses.add(key, 'there', isProven ? 'gone' : 'kept');
    if (isProven) gone.write(JSON.stringify(textOf(key)));
    else kept += 1;
  }
}

export function readDue(spool: Spool): AsyncGenerator<Due> {
  return singly(readJson<Due>(spool));
}
