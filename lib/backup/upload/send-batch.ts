// Sends one batch: this program opens each file, the AWS CLI reads it through a link to the open descriptor, and the
// descriptor then shows whether the file has changed during the upload.
import { closeSync } from 'node:fs';
import type { AwsError } from '../../aws/errors/aws-error.js';
import { concernsAllFiles, isTransient, kindOfAwsError } from '../../aws/errors/error-kinds.js';
import type { OwnerNames } from '../../tree/entry-line.js';
import type { Backup } from '../backup.js';
import { deleteInTheWay } from '../delete/in-the-way.js';
import type { DraftLine } from '../scan/draft.js';
import { isSameInode } from '../scan/same-file.js';
import type { Batch, BatchFile } from './batches.js';
import { type OpenFile, openFiles } from './open-batch.js';
import type { UploadFailure } from './sent.js';
import { uploadOpenFiles } from './upload-calls.js';

/** How often a file is sent at most, if it changes during its upload or fails with a transient error. */
const ROUNDS = 3;

export interface BatchOutcome {
  /** A line for each file of the batch, in the order of their keys. */
  readonly lines: readonly DraftLine[];
  readonly failures: readonly UploadFailure[];
  readonly sent: number;
  readonly bytes: number;
  /** The last call of the AWS CLI that failed, as an error. */
  readonly error: AwsError | undefined;
}

/**
 * @param onSent called as soon as the AWS CLI says that a file was uploaded, with its line as it was opened: it may
 * have changed during the upload
 * @throws {AwsError} if the AWS CLI failed for a reason that concerns every file
 */
export async function sendBatch(
  backup: Backup,
  batch: Batch,
  names: OwnerNames,
  onSent: (file: BatchFile, line: DraftLine) => void,
): Promise<BatchOutcome> {
  /** The final lines of files that were sent or have vanished. */
  const done = new Map<BatchFile, DraftLine>();
  /** Why each of the other files was not sent, in the last round. */
  const failures = new Map<BatchFile, UploadFailure>();
  let bytes = 0;
  let error: AwsError | undefined;
  let waiting = batch.files;
  for (let round = 1; round <= ROUNDS && waiting.length > 0; round += 1) waiting = await send(waiting);
  const lines = batch.files.map((file): DraftLine => done.get(file) ?? unsent(file));
  const sent = lines.filter(({ state }) => state === 'sent').length;
  const reasons = [...failures.values()];
  if (sent === 0 && error !== undefined && reasons.some(({ why }) => concernsAllFiles(why))) throw error;
  return { lines, failures: reasons, sent, bytes, error };

  /** @returns the files to send again */
  async function send(files: readonly BatchFile[]): Promise<readonly BatchFile[]> {
    const { open, unread } = await openFiles(backup, files, names);
    try {
      for (const { file, why } of unread)
        if (why === undefined) finish(file, { ...file.draft, state: 'vanished' });
        else fail(file, why, 'system');
      if (open.length === 0) return [];
      const result = await uploadOpenFiles(backup, open, batch.isAlone, ({ file, line }) =>
        onSent(file, { ...line, state: 'sent' }),
      );
      error = result.error ?? error;
      const again: BatchFile[] = [];
      for (const it of open) if (await mustSendAgain(it, result.whyNot(it.file.path))) again.push(it.file);
      return again;
    } finally {
      for (const { descriptor } of open) closeSync(descriptor);
    }
  }

  /**
   * Records the outcome for a file, and decides whether to send it again.
   * @param why it was not sent; `undefined` if it was
   * @throws {AwsError} if it failed for a lasting reason that concerns every file
   */
  async function mustSendAgain(
    { file, descriptor, line, inode }: OpenFile,
    why: string | undefined,
  ): Promise<boolean> {
    // A change during the upload comes first: it makes the AWS CLI fail in many ways.
    if (!isSameInode(backup.fileSystems.inodeOfOpen(descriptor), inode)) {
      fail(file, 'it changed while it was uploaded', 'change');
      return true;
    }
    if (why === undefined) {
      finish(file, { ...line, state: 'sent' });
      bytes += inode.size;
      return false;
    }
    if (concernsAllFiles(why) && !isTransient(why) && error !== undefined) throw error;
    fail(file, why, 'aws');
    if (kindOfAwsError(why) === 'name-in-the-way') return deleteInTheWay(backup, file.path);
    return isTransient(why);
  }

  function finish(file: BatchFile, line: DraftLine): void {
    failures.delete(file);
    done.set(file, line);
  }

  function fail(file: BatchFile, why: string, cause: UploadFailure['cause']): void {
    failures.set(file, { path: file.path, why, cause });
  }

  function unsent(file: BatchFile): DraftLine {
    return { ...file.draft, state: failures.get(file)?.cause === 'change' ? 'changing' : 'failed' };
  }
}
