// Compares a draft with the bucket's listing: a merge of two sorted streams.
import { listPrefix, type StoredObject } from '../../aws/listing.js';
import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { type Batches, emptyStream } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import { RandomSample } from '../../tree/streams/random-sample.js';
import { entryOfLine } from '../../tree/tree-file.js';
import type { Backup } from '../backup.js';
import { type DraftLine, hasFailed, isAbsent, isFile } from '../scan/draft.js';
import { type DraftFiles, DraftWriter } from '../scan/draft-writer.js';
import { isLastTreesFile } from '../scan/same-file.js';
import { afterSync } from './after-sync.js';
import { isStored, type RunTimes } from './is-stored.js';

export interface Comparison extends DraftFiles {
  /** How many objects stay, since their file was not found but is not proven to be gone. */
  readonly kept: number;
  /** How many files are not in the bucket, and may be ones that seem gone, under new names. */
  readonly missing: number;
  /** How many of the last tree's files are neither on disk nor in the bucket. */
  readonly lost: number;
  /** Some of the files that the bucket holds. */
  readonly stored: RandomSample<Entry>;
  /** Some keys of the bucket's objects. */
  readonly objects: RandomSample<Bytes>;
}

export interface ComparisonAfterUpload extends Comparison {
  /** How many unchanged files have no object, or another one than at the last run. */
  readonly altered: number;
}

/** @returns the line of a file, with the state that its object shows */
export type Classify = (line: DraftLine, entry: Entry, object: StoredObject | undefined) => DraftLine;

/** Called for each file that is due, with the object that it replaces. */
export type OnDue = (line: DraftLine, object: StoredObject | undefined) => void;

/** Lists the bucket and compares it. @throws {AwsError} if the listing failed */
export function compareWithListing(
  backup: Backup,
  draft: Batches<DraftLine>,
  classify: Classify,
  { hasBucket = true, onDue }: { hasBucket?: boolean; onDue?: OnDue | undefined },
): Promise<Comparison> {
  const writer = new DraftWriter(backup);
  const [stored, objects] = [new RandomSample<Entry>(), new RandomSample<Bytes>()];
  let [kept, missing, lost] = [0, 0, 0];
  return hasBucket ? listPrefix(backup.aws, backup.prefix, compare) : compare(emptyStream());

  async function compare(listing: Batches<StoredObject>): Promise<Comparison> {
    for await (const pairs of mergeByKey(draft, listing)) {
      for (const [line, object] of pairs) {
        if (object !== undefined) objects.add(object.key);
        if (line === undefined)
          addMissing(object); // Only in the bucket.
        else if (isAbsent(line)) {
          if (object === undefined) lost += 1;
          addMissing(object, line.line);
        } else if (isFile(line))
          addFile(line, object); // On disk, perhaps in the bucket.
        else {
          writer.addOther(withObject(line, object));
          // The next run deletes the object of a file that has vanished.
          addMissing(object, undefined, line.state !== 'vanished');
        }
      }
    }
    return { ...writer.close(), kept, missing, lost, stored, objects };
  }

  function addMissing(object: StoredObject | undefined, line?: string, isDeletable?: boolean): void {
    if (object !== undefined && writer.addMissing(object.key, line, isDeletable)) kept += 1;
  }

  function addFile(line: DraftLine, object: StoredObject | undefined): void {
    const entry = entryOfLine(line);
    const classified = withObject(classify(line, entry, object), object);
    const { state } = classified;
    writer.addFile(classified, entry.inode.size, object !== undefined);
    if (state === 'vanished') return;
    if (state !== 'due' && !hasFailed(classified)) stored.add(entry);
    else if (!isLastTreesFile(classified, entry)) missing += 1;
    if (state === 'due') onDue?.(classified, object);
  }
}

/** The line of a file without an object has no older version. */
function withObject(line: DraftLine, object: StoredObject | undefined): DraftLine {
  if (object !== undefined) return line;
  const { lastLine: _, ...rest } = line;
  if (line.state === 'changing') return { ...rest, state: 'failed' };
  return line.state === 'obstacle' ? { ...rest, state: 'hiding obstacle' } : rest;
}

/**
 * The listing after an upload: the bucket is compared with what it should hold.
 * @param draft with the outcomes of the upload
 * @param wasSynced whether `aws s3 sync` has uploaded the files that are due in the draft
 * @throws {AwsError} if the listing failed
 */
export async function compareAfterUpload(
  backup: Backup,
  draft: Batches<DraftLine>,
  times: RunTimes,
  wasSynced: boolean,
  onDue?: OnDue,
): Promise<ComparisonAfterUpload> {
  const classifySynced = afterSync(backup, times);
  let altered = 0;
  const classify: Classify = (line, entry, object) => {
    if (hasFailed(line)) return line;
    if (line.state === 'due') return wasSynced ? classifySynced(line, entry, object) : line;
    if (isStored({ ...line, inode: entry.inode }, object, times)) return line;
    if (line.state === 'unchanged') altered += 1;
    return { ...line, state: 'due' };
  };
  return { ...(await compareWithListing(backup, draft, classify, { onDue })), altered };
}
