// Splits the due files into batches: each is one call of the AWS CLI.

import { readFileSync } from 'node:fs';
import { canParseName } from '../../aws/upload-outcome.js';
import { textOf } from '../../tree/bytes.js';
import { entryOfLine } from '../../tree/tree-file.js';
import type { DraftLine } from '../scan/draft.js';

/** If so many files fail for one reason, and none is sent, no further file is tried. */
export const FIRST_BATCH = 10;
/** How many files or bytes justify another process of the AWS CLI, which is slow to start. */
const FILES_PER_PROCESS = 100;
const BYTES_PER_PROCESS = 64 * 2 ** 20;
const MAX_FILES = 1000;
const MAX_BYTES = 512 * 2 ** 20;
/** How many descriptors this process needs for other things. */
const RESERVED = 128;
/** Deeper or longer paths do not fit into the folder of links, or make the AWS CLI fail. */
const MAX_DEPTH = 100;
const MAX_LENGTH = 1024;

export interface BatchFile {
  readonly draft: DraftLine;
  /** In its batch, counted from 0. */
  readonly place: number;
  readonly path: string;
  readonly size: number;
}

export interface Batch {
  /** Counted from 1. */
  readonly number: number;
  readonly files: readonly BatchFile[];
  /** Whether it is one file, whose name is ambiguous in the AWS CLI's output or does not fit into a folder of links. */
  readonly isAlone: boolean;
}

interface BatchLimits {
  /** How many processes of the AWS CLI upload at the same time. */
  readonly processes: number;
  /** The most files of a batch. */
  readonly files: number;
}

/**
 * @param due how many files and bytes there are
 * @param processes UPLOAD_PROCESSES
 * @param openFiles how many descriptors this process may have
 */
export function batchLimits(
  due: { readonly count: number; readonly bytes: number },
  processes: number,
  openFiles: number,
): BatchLimits {
  const byFiles = Math.ceil(due.count / FILES_PER_PROCESS);
  const byBytes = Math.ceil(due.bytes / BYTES_PER_PROCESS);
  const used = Math.max(1, Math.min(processes, due.count, Math.max(byFiles, byBytes)));
  const descriptors = Math.floor((openFiles - RESERVED) / used);
  const share = Math.ceil(due.count / used);
  return {
    processes: used,
    files: Math.max(1, Math.min(MAX_FILES, descriptors, Math.max(share, FILES_PER_PROCESS))),
  };
}

/** How many descriptors this process may have open: Node.js raises the soft limit to the hard one. */
export function openFilesLimit(): number {
  const [, soft = ''] =
    /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft) || 256;
}

/** @param due in the order of their keys, which the batches keep */
export async function* splitIntoBatches(
  due: AsyncIterable<DraftLine>,
  { files: maxFiles }: BatchLimits,
): AsyncGenerator<Batch> {
  let number = 1;
  let isFirst = true;
  let files: BatchFile[] = [];
  let bytes = 0;
  const cut = (isAlone: boolean): Batch => {
    const batch = { number, files, isAlone };
    number += 1;
    isFirst &&= isAlone;
    files = [];
    bytes = 0;
    return batch;
  };
  for await (const draft of due) {
    const [path, { size }] = [textOf(draft.key), entryOfLine(draft).inode];
    const isAlone = !isBatchable(path);
    const isFull = files.length === (isFirst ? Math.min(FIRST_BATCH, maxFiles) : maxFiles);
    if (files.length > 0 && (isAlone || isFull || bytes + size > MAX_BYTES)) yield cut(false);
    files.push({ draft, place: files.length, path, size });
    bytes += size;
    if (isAlone) yield cut(true);
  }
  if (files.length > 0) yield cut(false);
}

function isBatchable(path: string): boolean {
  return canParseName(path) && path.length <= MAX_LENGTH && path.split('/').length <= MAX_DEPTH;
}
