// Restores a single file, with its metadata.
import { statSync } from 'node:fs';
import { stderr } from 'node:process';
import type { BucketObject } from '../aws/arguments/object-arguments.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { findTargetFile } from '../restore/destination/single-file.js';
import { fetchFile, STANDARD_OUTPUT } from '../restore/fetch/one-file.js';
import { makePrivate, restoreMetadata } from '../restore/metadata/metadata.js';
import {
  assertIsSelected,
  assertPlaceIsAsPlanned,
  compareWithTarget,
  type FileInBackup,
} from '../restore/plan/file-in-backup.js';
import { PreviewCounts, staysInPlace } from '../restore/plan/what-is-replaced.js';
import { actionOn } from '../restore/preview.js';
import type { RestorePart } from '../restore/restore-parts.js';
import { verifyFile } from '../restore/verify/verify-restored.js';
import { versionIdAt } from '../restore/versions/version-at.js';
import type { RestoreOptions } from './restore-folder.js';

const DAMAGED_HINT =
  'Nothing was restored. Run the command again; if it differs again, check the disk and the memory.';

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
  const { keeps } = options;
  assertIsSelected(file, options);
  const isPrinted = destination === STANDARD_OUTPUT;
  if (isPrinted && options.verifies)
    throw new BackupError('--verify reads a restored file: standard output has none.');
  const target = isPrinted ? destination : findTargetFile(destination, file.path, options.trustsDestination);
  const replaced = isPrinted ? undefined : compareWithTarget(target, file, options.overwrites);
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

/** Leaves the file that is there. @throws {BackupError} if --verify shows that it differs from the bucket's */
async function takeWhatIsThere(
  file: FileInBackup,
  target: string,
  options: RestoreOptions,
  { log, interruption }: CommandContext,
): Promise<void> {
  const prompt = new Prompt(stderr, interruption);
  prompt.say(`"${printable(target)}" is there already, of the same size and mtime.\n`);
  if (options.verifies)
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
    if (options.verifies) await verifyFile(remote.aws, object, path, prompt, DAMAGED_HINT);
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
