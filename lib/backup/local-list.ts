// LOCAL_LIST: the listing of the prefix in a local file, as the original makes it, but never half of one.
import { closeSync, fchmodSync, readFileSync, realpathSync, renameSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { basename, dirname, join } from 'node:path';
import tmp from 'tmp';
import type { AwsCli } from '../aws/aws-cli.js';
import { listRecursively } from '../aws/list-arguments.js';
import { BackupError, errnoOf, wordsOf } from '../errors.js';
import { afterBackup } from './after-backup.js';

/**
 * Writes the listing beside `file` and renames it.
 * @throws {BackupError} if it can't be written; an older list stays as it is
 */
export async function writeLocalList(aws: AwsCli, file: string, prefix: string): Promise<void> {
  const target = targetOf(file);
  if (target === devNull) return;
  let aside: tmp.FileResult | undefined;
  try {
    // As umask says, like the redirection of the original.
    aside = tmp.fileSync({ tmpdir: dirname(target), prefix: '.encrypted-s3-list', mode: 0o666 });
    const args = listRecursively(aws.bucket, prefix);
    const answer = await aws.run(args, { output: aside.fd });
    // The AWS CLI calls a prefix without objects a failure, but lists it all the same.
    const isListed = answer.exitCode === 0 || /^Total Objects: 0$/m.test(readFileSync(aside.name, 'utf8'));
    if (!isListed) throw aws.errorOf(args, answer);
    const { mode } = statSync(target, { throwIfNoEntry: false }) ?? {};
    if (mode !== undefined) fchmodSync(aside.fd, mode & 0o7777);
    renameSync(aside.name, target);
    closeSync(aside.fd);
    aside = undefined;
  } catch (error) {
    if (error instanceof BackupError) {
      throw afterBackup(`LOCAL_LIST "${file}" was not written`, error);
    }
    if (errnoOf(error) === undefined) throw error;
    throw new BackupError(
      `The backup is done, but LOCAL_LIST "${file}" can't be written: ${wordsOf(error)}.`,
      {
        hint: 'LOCAL_LIST must name a file in a folder that exists and that this user may write to.',
      },
    );
  } finally {
    aside?.removeCallback();
  }
}

/**
 * The file that a link names, by the system's own realpath: Node's takes `..` for the way back from a link.
 * @throws {BackupError} for what a rename would destroy: a device, a folder
 */
function targetOf(file: string): string {
  let target: string;
  try {
    target = realpathSync.native(file);
  } catch {
    return whereItWillBe(file);
  }
  if (target === devNull || statSync(target).isFile()) return target;
  throw new BackupError(`The backup is done, but LOCAL_LIST "${file}" is not a regular file.`, {
    hint: "Name a file, or leave LOCAL_LIST='' to have no list.",
  });
}

/** Its folder without links, after which a `..` would mislead `tmp`. */
function whereItWillBe(file: string): string {
  try {
    return join(realpathSync.native(dirname(file)), basename(file));
  } catch {
    return file;
  }
}
