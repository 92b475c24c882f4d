// Sends one batch: each file is opened by this program, the AWS CLI reads it through a link to the open descriptor, and
// afterwards the descriptor tells whether it is still the file that was opened.
import { closeSync, fstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AwsError } from '../../aws/aws-error.js';
import { concernsAllFiles, isTransient } from '../../aws/error-kinds.js';
import { describeError, errnoOf } from '../../cli/errors.js';
import { type Bytes, bytesOf } from '../../tree/bytes.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';
import { fileIdOf, inodeOf } from '../../tree/disk/inode.js';
import { readAcls } from '../../tree/disk/read-acls.js';
import type { Entry, Inode } from '../../tree/entry.js';
import { formatEntry, lineWithAcl, type OwnerNames } from '../../tree/entry-line.js';
import type { Backup } from '../backup.js';
import { milliseconds } from '../check/is-stored.js';
import { type DraftLine, entryOfDraft } from '../scan/draft.js';
import type { Batch, BatchFile } from './batches.js';
import { FileOpener } from './open-due.js';
import { uploadOpenFiles } from './upload-open.js';

/** How often a file that changed while it was sent, or failed by a passing error, is sent. */
const ROUNDS = 3;
/** So many bytes may a key have. */
const LONGEST_KEY = 1024;
/** What opening says of a file that is not there any more, or that a link has taken the place of. */
const VANISHED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

export interface UploadFailure {
  readonly path: string;
  readonly why: string;
  /** Whether these are the AWS CLI's words. */
  readonly isOfAws: boolean;
}

export interface BatchOutcome {
  /** A line for each file of the batch, in the order of their keys. */
  readonly lines: readonly DraftLine[];
  readonly failures: readonly UploadFailure[];
  readonly sent: number;
  readonly bytes: number;
  /** The last failed call of the AWS CLI as an error. */
  readonly error: AwsError | undefined;
}

/** @param place of the file in its batch @param line as it was opened; it may have changed while it was uploaded */
export type OnSent = (place: number, line: DraftLine) => void;

interface OpenFile {
  readonly file: BatchFile;
  readonly descriptor: number;
  /** As it was when it was opened, which is how it is sent. */
  readonly draft: DraftLine;
  readonly inode: Inode;
}

/**
 * @param onSent told of each file as soon as the AWS CLI says that it was uploaded
 * @throws {AwsError} if the AWS CLI failed for a reason that is every file's
 */
export async function sendBatch(
  backup: Backup,
  batch: Batch,
  names: OwnerNames,
  onSent: OnSent,
): Promise<BatchOutcome> {
  const sending = new Sending(backup, batch, names, onSent);
  for (let round = 1; round <= ROUNDS && sending.isAnyLeft; round += 1) await sending.round();
  return sending.outcome();
}

class Sending {
  readonly #backup: Backup;
  readonly #batch: Batch;
  readonly #names: OwnerNames;
  readonly #onSent: OnSent;
  readonly #settled = new Map<Bytes, DraftLine>();
  #left: readonly BatchFile[];
  /** Why each of those was not sent in the last round. */
  readonly #failures = new Map<Bytes, UploadFailure>();
  #bytes = 0;
  #error: AwsError | undefined;

  constructor(backup: Backup, batch: Batch, names: OwnerNames, onSent: OnSent) {
    this.#backup = backup;
    this.#batch = batch;
    this.#names = names;
    this.#onSent = onSent;
    this.#left = batch.files;
  }

  get isAnyLeft(): boolean {
    return this.#left.length > 0;
  }

  async round(): Promise<void> {
    const again: BatchFile[] = [];
    const open = await this.#withAcls(this.#openAll());
    try {
      if (open.length === 0) return;
      const outcome = await this.#send(open);
      for (const it of open) if (!this.#settle(it, outcome(it.file.path))) again.push(it.file);
    } finally {
      this.#left = again;
      for (const { descriptor } of open) closeSync(descriptor);
    }
  }

  /** @throws {AwsError} if nothing was sent, for a reason that is every file's */
  outcome(): BatchOutcome {
    const failures = [...this.#failures.values()];
    const lines = this.#batch.files.map(
      ({ draft }): DraftLine => this.#settled.get(draft.key) ?? { ...draft, state: 'failed' },
    );
    const sent = lines.filter(({ state }) => state === 'sent').length;
    if (sent === 0 && this.#error !== undefined && failures.some(({ why }) => concernsAllFiles(why)))
      throw this.#error;
    return { lines, failures, sent, bytes: this.#bytes, error: this.#error };
  }

  #openAll(): OpenFile[] {
    const { localDirDescriptor, followSymlinks, prefix } = this.#backup;
    const opener = new FileOpener(localDirDescriptor, followSymlinks);
    const open: OpenFile[] = [];
    for (const file of this.#left) {
      const { key } = file.draft;
      const length = Buffer.byteLength(prefix + file.path);
      if (length > LONGEST_KEY) {
        this.#fail(file, `its key would have ${length} bytes, and S3 takes ${LONGEST_KEY} at most`, false);
        continue;
      }
      try {
        const descriptor = opener.open(key);
        open.push({ file, descriptor, ...this.#asOpened(file.draft, descriptor) });
      } catch (error) {
        const errno = errnoOf(error);
        if (errno === undefined) throw error;
        if (VANISHED.has(errno)) {
          this.#failures.delete(key);
          this.#settled.set(key, { ...file.draft, state: 'vanished' });
        } else this.#fail(file, `it can't be read (${describeError(error)})`, false);
      }
    }
    opener.close();
    return open;
  }

  /** The line of the file that was opened, which may have changed since the scan, or be another one. */
  #asOpened(draft: DraftLine, descriptor: number): { draft: DraftLine; inode: Inode } {
    const stats = fstatSync(descriptor, { bigint: true });
    const inode = inodeOf(stats, stats.dev === this.#backup.lastingDevice);
    const id = fileIdOf(stats);
    if (id === draft.id && isSameInode(inode, entryOfDraft(draft).inode)) return { draft, inode };
    const entry: Entry = { key: draft.key, type: 'file', inode };
    const line = formatEntry(entry, this.#names);
    return { draft: { ...draft, id, since: milliseconds(inode.ctime), line }, inode };
  }

  /** The lines of files that have changed since the scan, with their ACLs. */
  async #withAcls(open: readonly OpenFile[]): Promise<readonly OpenFile[]> {
    const changed = open.filter((it) => it.draft.line !== it.file.draft.line);
    if (changed.length === 0 || this.#backup.header.hasAcls !== true) return open;
    const root = bytesOf(dirname(pathOfDescriptor(0)));
    const keys = changed.map((it) => bytesOf(`${it.descriptor}`));
    const acls = await readAcls({ root, followSymlinks: true }, keys);
    return open.map((it) => {
      const acl = changed.includes(it) ? acls.get(bytesOf(`${it.descriptor}`)) : undefined;
      return acl === undefined
        ? it
        : { ...it, draft: { ...it.draft, line: lineWithAcl(it.draft.line, acl) } };
    });
  }

  /** @returns why a file was not sent; `undefined` for one that was */
  async #send(open: readonly OpenFile[]): Promise<(path: string) => string | undefined> {
    const places = new Map(this.#batch.files.map(({ path }, place) => [path, place]));
    const byPath = new Map(open.map((it) => [it.file.path, it]));
    const onSent = (path: string) => {
      const sent = byPath.get(path);
      if (sent !== undefined) this.#onSent(places.get(path) ?? 0, { ...sent.draft, state: 'sent' });
    };
    const files = open.map(({ file, descriptor }) => ({ path: file.path, descriptor }));
    const { whyNot, error } = await uploadOpenFiles(this.#backup, files, this.#batch.isAlone, onSent);
    this.#error = error ?? this.#error;
    return whyNot;
  }

  /** @returns whether nothing more is to be done for it */
  #settle({ file, descriptor, draft, inode }: OpenFile, why: string | undefined): boolean {
    // The AWS CLI fails in many ways over a file that grows or shrinks while it is read.
    if (!isSameInode(inodeOf(fstatSync(descriptor, { bigint: true })), inode)) {
      this.#fail(file, 'it changed while it was uploaded', false);
      return false;
    }
    if (why !== undefined) {
      if (concernsAllFiles(why) && !isTransient(why) && this.#error !== undefined) throw this.#error;
      this.#fail(file, why, true);
      return !isTransient(why);
    }
    this.#failures.delete(draft.key);
    this.#settled.set(draft.key, { ...draft, state: 'sent' });
    this.#bytes += inode.size;
    return true;
  }

  #fail({ draft, path }: BatchFile, why: string, isOfAws: boolean): void {
    this.#failures.set(draft.key, { path, why, isOfAws });
  }
}

/** True if nothing was done to a file. Its ctime moves with whatever is done, but not on every file system. */
function isSameInode(a: Inode, b: Inode): boolean {
  return (
    a.ctime === b.ctime && a.mtime === b.mtime && a.size === b.size && (a.ino ?? b.ino) === (b.ino ?? a.ino)
  );
}
