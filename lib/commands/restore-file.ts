// A single file of a restore, with its metadata.
import { statSync } from 'node:fs';
import { stderr } from 'node:process';
import type { AwsCli } from '../aws/aws-cli.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { parseTime } from '../cli/units/times.js';
import type { BackupConfig } from '../config/backup-config.js';
import { findTargetFile } from '../restore/destination/single-file.js';
import { makeSparse } from '../restore/fetch/sparse-file.js';
import { type MetadataRequest, restoreMetadata } from '../restore/metadata/metadata.js';
import type { Replaced } from '../restore/plan/planned-file.js';
import { isMtimeOf, type KeptFiles, PreviewCounter, staysInPlace } from '../restore/plan/what-is-replaced.js';
import { actionOn, type RestorePart } from '../restore/preview.js';
import { Selection, type SelectionRequest } from '../restore/selection.js';
import { verifyFile } from '../restore/verify/verify-restored.js';
import { versionIdAt } from '../restore/versions/version-at.js';
import { bytesOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { downloadFile } from './download-file.js';

const DAMAGED_HINT =
  'Nothing was restored. Run the command again; if it differs again, check the disk and the memory.';

export interface FileRequest extends MetadataRequest, SelectionRequest {
  readonly config: BackupConfig;
  readonly aws: AwsCli;
  /** Relative to LOCAL_DIR. */
  readonly path: string;
  /** `undefined` without a tree. */
  readonly entry: Entry | undefined;
  /** The file's mtime; without a tree, when its object was stored, or 0 if nobody knows (ns since the epoch). */
  readonly changed: bigint;
  /** A file, a folder, or `-` for standard output. */
  readonly destination: string;
  readonly at: string | undefined;
  readonly trustsDestination: boolean;
  readonly overwrites: boolean;
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
  const replaced = isFile ? whatIsReplaced(target, request) : undefined;
  const counts = new PreviewCounter();
  counts.add(replaced, keeps);
  return {
    counts,
    destination: target,
    actions: () => [`(dryrun) ${actionOn(replaced, keeps)}: ${printable(target)}\n`],
    restore: async (overwrites) => {
      if (replaced === 'the same') return leave(request, target, context);
      if (staysInPlace(replaced, keeps)) return exitCode.done;
      return download({ ...request, overwrites }, target, context);
    },
  };
}

/** Who overwrites a single file does not ask whether it looks the same: it may be damaged. */
function whatIsReplaced(
  target: string,
  { entry, changed, overwrites }: FileRequest,
): Replaced | 'the same' | undefined {
  const found = statSync(target, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const isSame =
    entry !== undefined && isMtimeOf(found.mtimeNs, entry.inode) && found.size === BigInt(entry.inode.size);
  if (isSame && !overwrites) return 'the same';
  return found.mtimeNs > changed ? 'newer' : 'older';
}

/** Takes the file that is there for the one to restore. @throws {BackupError} if that is to be verified, and is not so */
async function leave(request: FileRequest, target: string, context: CommandContext): Promise<number> {
  const { config, path, aws, entry, at, verifies } = request;
  const prompt = new Prompt(stderr, context.interruption);
  prompt.say(`"${printable(target)}" is there already, of the same size and mtime.\n`);
  if (verifies === true) {
    const object = { bucket: config.bucket, key: config.prefix + path };
    const versionId =
      at === undefined ? undefined : await versionIdAt(aws, object, parseTime(at, new Date()));
    await verifyFile(aws, { ...object, versionId }, target, prompt, 'Restore it again, with --overwrite.');
  }
  if (entry !== undefined) restoreMetadata(target, entry, request, context.log);
  return exitCode.done;
}

function download(request: FileRequest, target: string, context: CommandContext): Promise<number> {
  const { config, path, entry } = request;
  const prompt = new Prompt(stderr, context.interruption);
  return downloadFile(
    {
      ...config,
      ...request,
      url: `s3://${config.bucket}/${config.prefix}${path}`,
      versionId: undefined,
      onDownloaded: async (file, aws, object) => {
        if (entry !== undefined && statSync(file).size !== entry.inode.size)
          context.log.warn(
            `The bucket has "${path}" newer than the tree of that run, as an interrupted run leaves it: it is restored with the mode, times and owner of that run.`,
          );
        if (entry?.inode.allocated !== undefined) await makeSparse(file);
        if (request.verifies === true) await verifyFile(aws, object, file, prompt, DAMAGED_HINT);
        if (entry !== undefined) restoreMetadata(file, entry, request, context.log);
        assertPlaceIsAsPlanned(request, target);
      },
    },
    context,
  );
}

/** A download may take hours: nothing that has come meanwhile is replaced unless the user wants that. */
function assertPlaceIsAsPlanned(request: FileRequest, target: string): void {
  const { overwrites, keeps = 'none' } = request;
  const replaced = whatIsReplaced(target, request);
  if (replaced === undefined || (overwrites && !staysInPlace(replaced, keeps))) return;
  throw new BackupError(`"${target}" is not restored: another file has come to its place meanwhile.`, {
    hint: 'Run the command again: it says what it would replace.',
  });
}
