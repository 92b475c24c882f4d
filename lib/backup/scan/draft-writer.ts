// Writes a draft, and beside it what follows from it: which files are due, which are gone, and the counts for the guard.
// The scan and every comparison with the bucket's listing write one.
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import { isBehindLink, isGone } from '../../tree/disk/is-gone.js';
import type { Spool } from '../../tree/streams/spool.js';
import type { Backup } from '../backup.js';
import { LossCounter, type Losses } from '../guard/losses.js';
import { type DraftLine, formatDraftLine } from './draft.js';

export interface DraftFiles {
  readonly draft: Spool;
  readonly due: DueList;
  /** The keys, as JSON texts, of the backup's files that are gone from disk. */
  readonly gone: Spool;
  readonly losses: Losses;
  /** The links that some of `gone` are below; see `DraftState`. */
  readonly linksAbove: ReadonlySet<Bytes>;
  /** How many places are unreadable, or have names that can't be keys, and may contain files that seem gone. */
  readonly hidingPlaces: number;
}

export interface DueList {
  /** The draft's lines of the files that are due. */
  readonly files: Spool;
  readonly bytes: number;
  /** How many of them replace an object. */
  readonly overwritten: number;
}

export class DraftWriter {
  readonly #backup: Backup;
  readonly #root: Bytes;
  readonly #draft: Spool;
  readonly #due: Spool;
  readonly #gone: Spool;
  readonly #losses = new LossCounter();
  /** The known links whose keys the last key begins with. */
  #links: Bytes[] = [];
  readonly #linksAbove = new Set<Bytes>();
  #dueBytes = 0;
  #overwritten = 0;
  #hidingPlaces = 0;

  constructor(backup: Backup) {
    this.#backup = backup;
    this.#root = bytesOf(backup.localDir);
    [this.#draft, this.#due, this.#gone] = [backup.spool('draft'), backup.spool('due'), backup.spool('gone')];
  }

  /** Adds a file on disk. @param isInBackup whether the last tree, or the bucket, has a file of its key */
  addFile(line: DraftLine, size: number, isInBackup: boolean): void {
    this.#losses.add(line.key, isInBackup, 'on disk');
    const text = formatDraftLine(line);
    this.#draft.write(text);
    if (line.state !== 'due') return;
    this.#due.write(text);
    this.#dueBytes += size;
    if (isInBackup) this.#overwritten += 1;
  }

  /** Adds a folder, a link, or an obstacle, which may have an older version in the backup. */
  addOther(line: DraftLine, isInBackup: boolean): void {
    this.#draft.write(formatDraftLine(line));
    if (line.state === 'known link') this.#links = [...this.#linksBefore(line.key), line.key];
    // A file that seems gone may have moved into an unreadable folder, whatever the backup has of that folder.
    if (line.state === 'hiding obstacle' || (line.state === 'obstacle' && !isInBackup))
      this.#hidingPlaces += 1;
  }

  /**
   * Adds a file that the backup has, and that the scan did not find on disk.
   * @param isDeletable whether it may be deleted in the bucket once it is proven to be gone
   * @returns whether it stays in the bucket for want of proof
   */
  addMissing(key: Bytes, isDeletable = true): boolean {
    if (this.#backup.isExcluded(key)) return false;
    this.#links = this.#linksBefore(key);
    const link = this.#links.find((it) => key.startsWith(`${it}/`));
    const hasGone = link !== undefined || isGone(this.#root, key, this.#backup.followSymlinks);
    const isLost = link === undefined || !isBehindLink(this.#root, key);
    if (isLost) this.#losses.add(key, true, hasGone ? 'gone' : 'kept');
    if (!hasGone || !isDeletable) return true;
    this.#gone.write(JSON.stringify(textOf(key)));
    if (link !== undefined) this.#linksAbove.add(link);
    return false;
  }

  /** The known links that may be above a key: keys come in their order, so each of them begins it. */
  #linksBefore(key: Bytes): Bytes[] {
    return this.#links.filter((link) => key.startsWith(link));
  }

  close(): DraftFiles {
    for (const spool of [this.#draft, this.#due, this.#gone]) spool.close();
    return {
      draft: this.#draft,
      due: { files: this.#due, bytes: this.#dueBytes, overwritten: this.#overwritten },
      gone: this.#gone,
      losses: this.#losses,
      linksAbove: this.#linksAbove,
      hidingPlaces: this.#hidingPlaces,
    };
  }
}
