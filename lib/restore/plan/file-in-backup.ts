// A single file to restore: whether the user wants it, and what it would replace.
import { statSync } from 'node:fs';
import type { Remote } from '../../aws/remote.js';
import { BackupError } from '../../cli/errors.js';
import { bytesOf } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';
import { Selection, type SelectionRequest } from '../selection.js';
import type { Replaced } from './planned-file.js';
import { isMtimeOf, type KeptFiles, staysInPlace } from './what-is-replaced.js';

/** A file of the backup. */
export interface FileInBackup {
  readonly remote: Remote;
  /** Relative to LOCAL_DIR. */
  readonly path: string;
  /** Milliseconds since the epoch; `undefined` for now. */
  readonly time: number | undefined;
  /** `undefined` if there is no tree, or if it lacks the file. */
  readonly entry: Entry | undefined;
  readonly hasTree: boolean;
  /** The file's mtime; without a tree the time of its object, or 0 if that is unknown (ns since the epoch). */
  readonly changed: bigint;
}

/** @throws {BackupError} if the options exclude the file that the user asks for */
export function assertIsSelected({ path, entry }: FileInBackup, options: SelectionRequest): void {
  const selection = new Selection(options);
  if (!selection.wants(bytesOf(path)))
    throw new BackupError(`--include or --exclude leaves out "${path}".`, {
      hint: 'Leave out the PATH, or change the patterns.',
    });
  if (entry?.isKept && !selection.withKept)
    throw new BackupError(`"${path}" is gone from disk, or excluded; only the bucket keeps it.`, {
      hint: '--with-kept restores it.',
    });
}

/**
 * What is there already: `undefined` for nothing. With --overwrite, a file is replaced even if it looks the same, since
 * it may be damaged.
 */
export function compareWithTarget(
  target: string,
  { entry, changed }: FileInBackup,
  overwrites: boolean,
): Replaced | undefined {
  const found = statSync(target, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const isSame =
    entry !== undefined && isMtimeOf(found.mtimeNs, entry.inode) && found.size === BigInt(entry.inode.size);
  if (isSame && !overwrites) return 'the same';
  return found.mtimeNs > changed ? 'newer' : 'older';
}

/** A download may take hours: a file that appeared meanwhile is not replaced unless the user wants that. */
export function assertPlaceIsAsPlanned(
  target: string,
  file: FileInBackup,
  { overwrites, keeps }: { readonly overwrites: boolean; readonly keeps: KeptFiles },
): void {
  const replaced = compareWithTarget(target, file, overwrites);
  if (replaced === undefined || (overwrites && !staysInPlace(replaced, keeps))) return;
  throw new BackupError(`"${target}" is not restored: another file has taken its place meanwhile.`, {
    hint: 'Run the command again: it shows what it would replace.',
  });
}
