// Restores a single file, with its metadata.
import { statSync } from 'node:fs';
import { stderr } from 'node:process';
import type { BucketObject } from '../aws/arguments/object-arguments.js';
import type { Remote } from '../aws/remote.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { findTargetFile } from '../restore/destination/single-file.js';
import { fetchFile, STANDARD_OUTPUT } from '../restore/fetch/one-file.js';
import { makePrivate, restoreMetadata } from '../restore/metadata/metadata.js';
import type { Replaced } from '../restore/plan/planned-file.js';
import { isMtimeOf, PreviewCounts, staysInPlace } from '../restore/plan/what-is-replaced.js';
import { actionOn } from '../restore/preview.js';
import type { RestorePart } from '../restore/restore-parts.js';
import { Selection } from '../restore/selection.js';
import { verifyFile } from '../restore/verify/verify-restored.js';
import { versionIdAt } from '../restore/versions/version-at.js';
import { bytesOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import type { RestoreOptions } from './restore-folder.js';

const DAMAGED_HINT =
  'Nothing was restored. Run the command again; if it differs again, check the disk and the memory.';

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

/**
 * @param destination a file, a folder, or standard output
 * @throws {BackupError} if the file can't be restored there, or the options exclude it
 */
export function planFile(
  file: FileInBackup,
  destination: string,
  options: RestoreOptions,
  context: CommandContext,
): RestorePart {
  const { path } = file;
  const { keeps = 'none' } = options;
  assertIsSelected(file, options);
  const isFile = destination !== STANDARD_OUTPUT;
  if (!isFile && options.verifies === true)
    throw new BackupError('--verify reads a restored file: standard output has none.');
  const target = isFile ? findTargetFile(destination, path, options.trustsDestination) : destination;
  const replaced = isFile ? compareWithTarget(target, file, options.overwrites) : undefined;
  const counts = new PreviewCounts();
  counts.add(replaced, keeps);
  return {
    counts,
    destination: target,
    actions: () => [`(dryrun) ${actionOn(replaced, keeps)}: ${printable(target)}\n`],
    restore: async (overwrites) => {
      if (replaced === 'the same') await takeWhatIsThere(file, target, options, context);
      else if (!staysInPlace(replaced, keeps))
        await download(file, target, { ...options, overwrites }, context);
      return exitCode.done;
    },
  };
}

/** @throws {BackupError} if the options exclude the file that the user asks for */
function assertIsSelected({ path, entry }: FileInBackup, options: RestoreOptions): void {
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
function compareWithTarget(
  target: string,
  { entry, changed }: FileInBackup,
  overwrites: boolean,
): Replaced | 'the same' | undefined {
  const found = statSync(target, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const isSame =
    entry !== undefined && isMtimeOf(found.mtimeNs, entry.inode) && found.size === BigInt(entry.inode.size);
  if (isSame && !overwrites) return 'the same';
  return found.mtimeNs > changed ? 'newer' : 'older';
}

/** Leaves the file that is there. @throws {BackupError} if --verify shows that it differs from the bucket's */
async function takeWhatIsThere(
  file: FileInBackup,
  target: string,
  options: RestoreOptions,
  { log, interruption }: CommandContext,
): Promise<void> {
  const prompt = new Prompt(stderr, interruption);
  prompt.say(`"${printable(target)}" is there already, of the same size and mtime.\n`);
  if (options.verifies === true)
    await verifyFile(
      file.remote.aws,
      await findVersion(file),
      target,
      prompt,
      'Restore it again, with --overwrite.',
    );
  if (file.entry !== undefined) restoreMetadata(target, file.entry, options, log);
}

async function download(
  file: FileInBackup,
  target: string,
  options: RestoreOptions,
  { log, interruption }: CommandContext,
): Promise<void> {
  const { remote, entry } = file;
  const prompt = new Prompt(stderr, interruption);
  const object = await findVersion(file);
  prompt.say('Downloading the file from the S3 bucket...\n');
  const isSparse = entry && entry.inode.allocated !== undefined;
  const onComplete = async (path: string) => {
    if (entry !== undefined && statSync(path).size !== entry.inode.size)
      log.warn(
        `The bucket's "${file.path}" is newer than the tree of that run, perhaps because of an interrupted run: it is restored with the mode, times and owner of that run.`,
      );
    if (options.verifies === true) await verifyFile(remote.aws, object, path, prompt, DAMAGED_HINT);
    if (entry !== undefined) restoreMetadata(path, entry, options, log);
    else if (file.hasTree) makePrivate(path, log);
    assertPlaceIsAsPlanned(target, file, options);
  };
  await fetchFile(remote.aws, object, target, onComplete, isSparse);
  prompt.say('Success.\n');
}

async function findVersion({ remote: { aws, prefix }, path, time }: FileInBackup): Promise<BucketObject> {
  const object = { bucket: aws.bucket, key: prefix + path };
  return time === undefined ? object : { ...object, versionId: await versionIdAt(aws, object, time) };
}

/** A download may take hours: a file that appeared meanwhile is not replaced unless the user wants that. */
function assertPlaceIsAsPlanned(
  target: string,
  file: FileInBackup,
  { overwrites, keeps = 'none' }: RestoreOptions,
): void {
  const replaced = compareWithTarget(target, file, overwrites);
  if (replaced === undefined || (overwrites && !staysInPlace(replaced, keeps))) return;
  throw new BackupError(`"${target}" is not restored: another file has taken its place meanwhile.`, {
    hint: 'Run the command again: it shows what it would replace.',
  });
}
