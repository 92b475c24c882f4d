// A single file of a restore, with its metadata.
import { statSync } from 'node:fs';
import { stderr } from 'node:process';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import type { BackupConfig } from '../config/backup-config.js';
import { findTargetFile } from '../restore/destination/single-file.js';
import { makeSparse } from '../restore/fetch/sparse-file.js';
import { type MetadataRequest, restoreMetadata } from '../restore/metadata/metadata.js';
import type { Replaced } from '../restore/plan/planned-file.js';
import { isMtimeOf, type KeptFiles, PreviewCounter, staysInPlace } from '../restore/plan/what-is-replaced.js';
import { actionOn, type RestorePart } from '../restore/preview.js';
import { Selection, type SelectionRequest } from '../restore/selection.js';
import { verifyFile } from '../restore/verify/verify-restored.js';
import { bytesOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { downloadFile } from './download-file.js';

export interface FileRequest extends MetadataRequest, SelectionRequest {
  readonly config: BackupConfig;
  /** Relative to LOCAL_DIR. */
  readonly path: string;
  /** `undefined` without a tree. */
  readonly entry: Entry | undefined;
  /** A file, a folder, or `-` for standard output. */
  readonly destination: string;
  readonly at: string | undefined;
  readonly trustsDestination: boolean;
  readonly keeps?: KeptFiles;
  /** Whether what is restored is compared with the bucket. */
  readonly verifies?: boolean;
}

/** @throws {BackupError} if the file can't be restored there, or is left out */
export function planFile(request: FileRequest, context: CommandContext): RestorePart {
  const { path, entry, destination, trustsDestination, keeps = 'none' } = request;
  const selection = new Selection(request);
  if (!selection.wants(bytesOf(path)))
    throw new BackupError(`"${path}" is left out by --include or --exclude.`, {
      hint: 'Leave out the PATH, or change the patterns.',
    });
  if (entry?.isKept && !selection.withKept)
    throw new BackupError(`"${path}" was gone from disk, or excluded; the bucket still keeps it.`, {
      hint: '--with-kept restores it.',
    });
  const isFile = destination !== '-';
  if (!isFile && request.verifies === true)
    throw new BackupError('--verify reads a restored file: standard output has none.');
  const target = isFile ? findTargetFile(destination, path, trustsDestination) : destination;
  const replaced = isFile ? whatIsReplaced(target, entry) : undefined;
  const counts = new PreviewCounter();
  counts.add(replaced, keeps);
  return {
    counts,
    destination: target,
    actions: () => [`(dryrun) ${actionOn(replaced, keeps)}: ${printable(target)}\n`],
    restore: () =>
      staysInPlace(replaced, keeps) ? Promise.resolve(exitCode.done) : download(request, context),
  };
}

function whatIsReplaced(target: string, entry: Entry | undefined): Replaced | 'the same' | undefined {
  const found = statSync(target, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (entry === undefined) return 'older';
  if (isMtimeOf(found.mtimeNs, entry.inode) && found.size === BigInt(entry.inode.size)) return 'the same';
  return found.mtimeNs > BigInt(entry.inode.mtime) ? 'newer' : 'older';
}

function download(request: FileRequest, context: CommandContext): Promise<number> {
  const { config, path, entry } = request;
  const prompt = new Prompt(stderr, context.interruption);
  return downloadFile(
    {
      ...config,
      ...request,
      url: `s3://${config.bucket}/${config.prefix}${path}`,
      versionId: undefined,
      onDownloaded: async (file, remote, object) => {
        if (entry?.inode.allocated !== undefined) await makeSparse(file);
        if (request.verifies === true) await verifyFile(remote, object, file, prompt);
        if (entry !== undefined) restoreMetadata(file, entry, request, context.log);
      },
    },
    context,
  );
}
