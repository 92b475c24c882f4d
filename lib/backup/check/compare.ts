import { listPrefix, type StoredObject } from '../../aws/listing.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import { isGone } from '../../tree/disk/is-gone.js';
import type { Entry } from '../../tree/entry.js';
import { type Batches, emptyStream } from '../../tree/streams/batches.js';
import { mergeByKey } from '../../tree/streams/merge.js';
import type { Spool } from '../../tree/streams/spool.js';
import type { Backup } from '../backup.js';
import { LossCounter, type Losses } from '../guard/losses.js';
import { type DraftLine, entryOfDraft, formatDraftLine, isFile } from '../scan/draft.js';
import type { DueList } from '../scan.js';
import { Sample } from '../verify/sample.js';

export interface Comparison {
  /** The draft as it is known now. */
  readonly draft: Spool;
  /** The lines of it that are due. */
  readonly due: DueList;
  /** The keys, as JSON texts, that are in the bucket and whose files are gone. */
  readonly gone: Spool;
  /** Of what is in the bucket. */
  readonly losses: Losses;
  /** How many objects have no file, which is not proven to be gone either. */
  readonly kept: number;
  /** How many files have no object at all. */
  readonly missing: number;
  /** How many places can't be read, or have names that can't be keys, and may hold what is gone. */
  readonly unknown: number;
  /** Some of the files that the bucket holds. */
  readonly stored: Sample<Entry>;
  /** Some keys of what is in the bucket. */
  readonly objects: Sample<Bytes>;
}

/** @returns the line of a file as it is known when its object has been listed */
export type Classify = (line: DraftLine, entry: Entry, object: StoredObject | undefined) => DraftLine;

export interface CompareOptions {
  readonly hasBucket?: boolean;
  /** Told of each line that is due, with the object that is there. */
  readonly onDue?: (line: DraftLine, object: StoredObject | undefined) => void;
}

/** Lists the bucket and compares it. @throws {AwsError} if the listing failed */
export function compareWithBucket(
  backup: Backup,
  draft: Batches<DraftLine>,
  judge: Classify,
  { hasBucket = true, onDue }: CompareOptions = {},
): Promise<Comparison> {
  const compare = async (objects: Batches<StoredObject>) => {
    const writer = new ComparisonWriter(backup, judge, onDue);
    for await (const pairs of mergeByKey(draft, objects))
      for (const [line, object] of pairs) writer.add(line, object);
    return writer.close();
  };
  return hasBucket ? listPrefix(backup.aws, backup.prefix, compare) : compare(emptyStream());
}

class ComparisonWriter {
  readonly #backup: Backup;
  readonly #judge: Classify;
  readonly #onDue: CompareOptions['onDue'];
  readonly #root: Bytes;
  readonly #draft: Spool;
  readonly #due: Spool;
  readonly #gone: Spool;
  readonly #losses = new LossCounter();
  readonly #stored = new Sample<Entry>();
  readonly #objects = new Sample<Bytes>();
  #kept = 0;
  #missing = 0;
  #unknown = 0;
  #dueBytes = 0;
  #overwritten = 0;

  constructor(backup: Backup, judge: Classify, onDue: CompareOptions['onDue']) {
    this.#backup = backup;
    this.#judge = judge;
    this.#onDue = onDue;
    this.#root = bytesOf(backup.localDir);
    [this.#draft, this.#due, this.#gone] = [backup.spool('draft'), backup.spool('due'), backup.spool('gone')];
  }

  add(line: DraftLine | undefined, object: StoredObject | undefined): void {
    if (object !== undefined) this.#objects.add(object.key);
    if (line !== undefined && isFile(line)) this.#addFile(line, object);
    else {
      if (line !== undefined) this.#addOther(line, object);
      if (object !== undefined) this.#addObject(object.key, line?.state === 'vanished');
    }
  }

  close(): Comparison {
    for (const it of [this.#draft, this.#due, this.#gone]) it.close();
    return {
      draft: this.#draft,
      due: { files: this.#due, bytes: this.#dueBytes, overwritten: this.#overwritten },
      gone: this.#gone,
      losses: this.#losses,
      kept: this.#kept,
      missing: this.#missing,
      unknown: this.#unknown,
      stored: this.#stored,
      objects: this.#objects,
    };
  }

  #addFile(line: DraftLine, object: StoredObject | undefined): void {
    this.#losses.add(line.key, object !== undefined, 'on disk');
    const entry = entryOfDraft(line);
    const now = this.#judge(line, entry, object);
    const text = formatDraftLine(now);
    this.#draft.write(text);
    if (now.state === 'vanished') return;
    if (now.state !== 'due' && now.state !== 'failed') {
      this.#stored.add(entry);
      return;
    }
    if (object === undefined) this.#missing += 1;
    if (now.state === 'failed') return;
    this.#due.write(text);
    this.#dueBytes += entry.inode.size;
    if (object !== undefined) this.#overwritten += 1;
    this.#onDue?.(now, object);
  }

  #addOther(line: DraftLine, object: StoredObject | undefined): void {
    this.#draft.write(formatDraftLine(line));
    // Whatever the bucket has of a folder that can't be read, what is gone may have moved there.
    const mayHide = line.state === 'hiding obstacle' || (line.state === 'obstacle' && object === undefined);
    if (mayHide) this.#unknown += 1;
  }

  /** @param wasSeen whether the scan has seen a file: one that has vanished since is deleted by the next run */
  #addObject(key: Bytes, wasSeen: boolean): void {
    if (this.#backup.isExcluded(key)) return;
    const hasGone = isGone(this.#root, key, this.#backup.followSymlinks);
    this.#losses.add(key, true, hasGone ? 'gone' : 'kept');
    if (hasGone && !wasSeen) this.#gone.write(JSON.stringify(textOf(key)));
    else this.#kept += 1;
  }
}
