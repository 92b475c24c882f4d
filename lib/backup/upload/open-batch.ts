// Opens the files of a batch, and describes each as it is then, since that is what is sent.

import { fstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeError, errnoOf } from '../../cli/errors.js';
import { bytesOf } from '../../tree/bytes.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';
import { fileIdOf } from '../../tree/disk/inode.js';
import { readAcls } from '../../tree/disk/read-acls.js';
import { type Inode, milliseconds } from '../../tree/entry.js';
import { formatEntry, lineWithAcl, type OwnerNames } from '../../tree/entry-line.js';
import { entryOfLine } from '../../tree/tree-file.js';
import type { Backup } from '../backup.js';
import type { DraftLine } from '../scan/draft.js';
import { isSameInode } from '../scan/same-file.js';
import { FileOpener } from '../source/file-opener.js';
import type { BatchFile } from './batches.js';

/** The errors of a file that has gone, or that a link has replaced. */
const VANISHED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

export interface OpenFile {
  readonly file: BatchFile;
  /** The caller closes it. */
  readonly descriptor: number;
  readonly line: DraftLine;
  readonly inode: Inode;
}

interface OpenedBatch {
  readonly open: readonly OpenFile[];
  /** The other files, and why they can't be read; `undefined` if they have vanished. */
  readonly unread: readonly { readonly file: BatchFile; readonly why: string | undefined }[];
}

export async function openFiles(
  backup: Backup,
  files: readonly BatchFile[],
  names: OwnerNames,
): Promise<OpenedBatch> {
  const opener = new FileOpener(backup.localDirDescriptor, backup.followSymlinks);
  const open: OpenFile[] = [];
  const unread: { file: BatchFile; why: string | undefined }[] = [];
  for (const file of files) {
    try {
      const descriptor = opener.open(file.draft.key);
      open.push({ file, descriptor, ...describeOpened(backup, file.draft, descriptor, names) });
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      const why = VANISHED.has(errno) ? undefined : `it can't be read (${describeError(error)})`;
      unread.push({ file, why });
    }
  }
  opener.close();
  return { open: await withAcls(backup, open), unread };
}

/** The file may have changed since the scan, or be another one. */
function describeOpened(
  { fileSystems }: Backup,
  draft: DraftLine,
  descriptor: number,
  names: OwnerNames,
): Pick<OpenFile, 'line' | 'inode'> {
  const inode = fileSystems.inodeOfOpen(descriptor);
  const id = fileIdOf(fstatSync(descriptor, { bigint: true }));
  if (id === draft.id && isSameInode(inode, entryOfLine(draft).inode)) return { line: draft, inode };
  const line = formatEntry({ key: draft.key, type: 'file', inode }, names);
  return { line: { ...draft, id, unchangedSince: milliseconds(inode.ctime), line }, inode };
}

/** Adds the ACLs of the files that have changed since the scan. */
async function withAcls({ header }: Backup, open: readonly OpenFile[]): Promise<readonly OpenFile[]> {
  const changed = new Set(open.filter((it) => it.line.line !== it.file.draft.line));
  if (changed.size === 0 || header.hasAcls !== true) return open;
  const root = bytesOf(dirname(pathOfDescriptor(0)));
  const keyOf = ({ descriptor }: OpenFile) => bytesOf(`${descriptor}`);
  const acls = await readAcls({ root, followSymlinks: true }, [...changed].map(keyOf));
  return open.map((it) => {
    const acl = changed.has(it) ? acls.get(keyOf(it)) : undefined;
    return acl === undefined ? it : { ...it, line: { ...it.line, line: lineWithAcl(it.line.line, acl) } };
  });
}
