// The result of an upload.
import { type Batches, emptyStream } from '../../tree/streams/batches.js';
import type { DraftLine } from '../scan/draft.js';

export interface UploadFailure {
  readonly path: string;
  readonly why: string;
  /** Whether `why` is the AWS CLI's message, the system's, or that the file changed during its upload. */
  readonly cause: 'aws' | 'system' | 'change';
}

export interface Sent {
  /** How many files were sent, and their bytes. */
  readonly sent: number;
  readonly bytes: number;
  readonly vanished: number;
  /** How many files were not sent, and how many of these the AWS CLI failed to send. */
  readonly failed: number;
  readonly failedByAws: number;
  failures(): Batches<UploadFailure>;
  /** The lines of the due files with their new states, sorted by key. */
  outcomes(): Batches<DraftLine>;
}

export const NOTHING_SENT: Sent = {
  sent: 0,
  bytes: 0,
  vanished: 0,
  failed: 0,
  failedByAws: 0,
  failures: emptyStream,
  outcomes: emptyStream,
};

export function totalOf(
  uploads: readonly Sent[],
  what: 'sent' | 'bytes' | 'vanished' | 'failed' | 'failedByAws',
): number {
  return uploads.reduce((sum, upload) => sum + upload[what], 0);
}
