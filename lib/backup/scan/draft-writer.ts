// Writes a draft, and beside it the due files, the gone files, and the counts for the guard. The scan and every
// comparison with the bucket's listing write one.
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import { isGone } from '../../tree/disk/is-gone.js';
import { isKeptLine } from '../../tree/entry-line.js';
import type { Spool } from '../../tree/streams/spool.js';
import type { Backup } from '../backup.js';
import { LossCounter, type Losses } from '../guard/losses.js';
import { type DraftLine, formatDraftLine } from './draft.js';

export interface DraftFiles {
  readonly draft: Spool;
  /** The draft's lines of the files that are due, and their bytes. */
  readonly due: Spool;
  readonly dueBytes: number;
  /** How many due files replace an object. */
  readonly overwritten: number;
  /** The keys, as JSON texts, of the backup's files that are gone from disk. */
  readonly gone: Spool;
  readonly losses: Losses;
  /** The links above some of the `gone` files; see `DraftState`. */
  readonly linksAbove: ReadonlySet<Bytes>;
  /** How many places are unreadable, or have names that can't be keys, and may contain files that seem gone. */
  readonly hidingPlaces: number;
  /** How many lines of the draft are `kept`. */
  readonly keptLines: number;
}

interface Link {
  readonly key: Bytes;
  readonly isKnown: boolean;
}

export class DraftWriter implements DraftFiles {
  readonly #backup: Backup;
  readonly #root: Bytes;
  readonly draft: Spool;
  readonly due: Spool;
  readonly gone: Spool;
  readonly losses = new LossCounter();
  /** The links whose keys are the beginning of the last key. */
  #links: readonly Link[] = [];
  readonly linksAbove = new Set<Bytes>();
  dueBytes = 0;
  overwritten = 0;
  hidingPlaces = 0;
  keptLines = 0;

  constructor(backup: Backup) {
    this.#backup = backup;
    this.#root = bytesOf(backup.localDir);
    [this.draft, this.due, this.gone] = [backup.spool('draft'), backup.spool('due'), backup.spool('gone')];
  }

  /** Adds a file on disk. @param isInBackup whether the last tree, or the bucket, has a file of its key */
  addFile(line: DraftLine, size: number, isInBackup: boolean): void {
    this.losses.add(line.key, isInBackup, 'on disk');
    const text = formatDraftLine(line);
    this.draft.write(text);
    if (line.state !== 'due') return;
    this.due.write(text);
    this.dueBytes += size;
    if (isInBackup) this.overwritten += 1;
  }

  /** Adds a folder, a link, or an obstacle. */
  addOther(line: DraftLine): void {
    this.draft.write(formatDraftLine(line));
    const isKnown = line.state === 'known link';
    const isLink = isKnown || (line.state === 'no object' && !line.key.endsWith('/'));
    if (isLink) this.#links = [...this.#linksBefore(line.key), { key: line.key, isKnown }];
    if (line.state === 'hiding obstacle') this.hidingPlaces += 1;
  }

  /**
   * Adds a file that the backup has, and that the scan did not find on disk.
   * @param line its line in the last tree, if it has one
   * @param isDeletable whether it may be deleted in the bucket if it is proven to be gone
   * @returns whether it stays in the bucket because nothing proves that it is gone
   */
  addMissing(key: Bytes, line = '', isDeletable = true): boolean {
    if (this.#backup.isExcluded(key)) {
      this.#addAbsent(key, 'kept', line);
      return false;
    }
    const link = this.#linkAbove(key);
    const hasGone = link?.isKnown || isGone(this.#root, key, this.#backup.followSymlinks);
    this.losses.add(key, true, hasGone ? 'gone' : 'kept');
    this.#addAbsent(key, hasGone ? 'kept' : 'unseen', line);
    if (!hasGone || !isDeletable) return true;
    this.gone.write(JSON.stringify(textOf(key)));
    if (link?.isKnown) this.linksAbove.add(link.key);
    return false;
  }

  /**
   * Adds a file that was kept in the last tree and is still not on disk. It is not counted or deleted until a listing
   * shows its object: objects that are kept must not stop every run.
   */
  addKept(key: Bytes, line: string): void {
    this.#addAbsent(key, 'kept', line);
  }

  /** A key below a link gets no line, so that a restore omits it: it was stored when the link was followed. */
  #addAbsent(key: Bytes, state: 'kept' | 'unseen', line: string): void {
    if (line === '' || this.#linkAbove(key) !== undefined) return;
    const isKept = state === 'kept' || isKeptLine(line);
    if (isKept) this.keptLines += 1;
    this.draft.write(
      formatDraftLine({ key, state: isKept ? 'kept' : 'unseen', id: '', unchangedSince: 0, line }),
    );
  }

  #linkAbove(key: Bytes): Link | undefined {
    this.#links = this.#linksBefore(key);
    return this.#links.find((link) => key.startsWith(`${link.key}/`));
  }

  /** The links that may be above a key: keys come sorted, so a link above has the beginning of the key. */
  #linksBefore(key: Bytes): Link[] {
    return this.#links.filter((link) => key.startsWith(link.key));
  }

  close(): DraftFiles {
    for (const spool of [this.draft, this.due, this.gone]) spool.close();
    return this;
  }
}
