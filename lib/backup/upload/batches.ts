// Cuts what is due into batches: each is one call of the AWS CLI.
import { readFileSync } from 'node:fs';
import { canParseName } from '../../aws/upload-outcome.js';
import { textOf } from '../../tree/bytes.js';
import { type DraftLine, entryOfDraft } from '../scan/draft.js';

/** When so many fail for one reason, and none is sent, nothing else is tried. */
export const FIRST_BATCH = 10;
/** A process of the AWS CLI is worth so many files, or so many bytes: it takes its time to start. */
const WORTH_FILES = 100;
const WORTH_BYTES = 64 * 2 ** 20;
const MOST_FILES = 1000;
const MOST_BYTES = 512 * 2 ** 20;
/** Descriptors that are needed for other things. */
const RESERVED = 128;
/** Deeper paths, and longer ones, have no room in the folder of the links, or make the AWS CLI give up. */
const DEEPEST = 100;
const LONGEST = 1024;

export interface BatchFile {
  readonly draft: DraftLine;
  readonly path: string;
  readonly size: number;
}

export interface Batch {
  /** Counted from 1. */
  readonly number: number;
  readonly files: readonly BatchFile[];
  /** It is one file, whose name the AWS CLI's output, or a folder of links, can't hold. */
  readonly isAlone: boolean;
}

export interface BatchLimits {
  /** How many processes of the AWS CLI work side by side. */
  readonly processes: number;
  /** How many files a batch has at most. */
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
  const worth = Math.max(Math.ceil(due.count / WORTH_FILES), Math.ceil(due.bytes / WORTH_BYTES), 1);
  const used = Math.min(processes, due.count, worth);
  const room = Math.floor((openFiles - RESERVED) / Math.max(1, used));
  const share = Math.ceil(due.count / Math.max(1, used));
  return {
    processes: Math.max(1, used),
    files: Math.max(1, Math.min(MOST_FILES, room, Math.max(share, WORTH_FILES))),
  };
}

/** How many descriptors this process may have open: Node.js raises the soft limit to the hard one. */
export function openFilesLimit(): number {
  const [, soft = ''] =
    /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft) || 256;
}

/** @param due in the order of their keys, in which the batches keep them */
export async function* splitIntoBatches(
  due: AsyncIterable<DraftLine>,
  { files: mostFiles }: BatchLimits,
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
    const file = { draft, path: textOf(draft.key), size: entryOfDraft(draft).inode.size };
    const isAlone = !isBatchable(file.path);
    const isFull = files.length === (isFirst ? Math.min(FIRST_BATCH, mostFiles) : mostFiles);
    if (files.length > 0 && (isAlone || isFull || bytes + file.size > MOST_BYTES)) yield cut(false);
    files.push(file);
    bytes += file.size;
    if (isAlone) yield cut(true);
  }
  if (files.length > 0) yield cut(false);
}

function isBatchable(path: string): boolean {
  return canParseName(path) && path.length <= LONGEST && path.split('/').length <= DEEPEST;
}
