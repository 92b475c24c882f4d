// Where a restored file goes: nothing is replaced before its download is complete.
import { constants, existsSync, realpathSync, renameSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import tmp from 'tmp';
import { BackupError, errnoOf, wordsOf } from '../errors.js';
import { makeFolders } from '../make-folders.js';
import { existingFolder } from './disk-space.js';

/**
 * The file to write for `key` when the user asked for `destination`, which may be a folder. Of a link, it is the file
 * that it leads to: a link is not replaced, least of all `/dev/stdout`.
 */
export function fileFor(destination: string, key: string): string {
  const path = resolve(destination);
  const isFolder = destination.endsWith('/') || (existsSync(path) && statSync(path).isDirectory());
  const file = isFolder ? join(path, basename(key)) : path;
  return existsSync(file) && statSync(file).isFile() ? realpathSync(file) : file;
}

/**
 * Has `download` write a new file in a private folder beside `file`, and then moves it there.
 * On failure the private folder goes, and what was at `file` stays.
 * @throws {BackupError} if `file` can't be written
 */
export async function replaceWhenComplete(
  file: string,
  download: (aside: string) => Promise<void>,
): Promise<void> {
  const folder = existingFolder(dirname(file));
  let aside: tmp.DirResult | undefined;
  try {
    if (!statSync(folder).isDirectory()) {
      throw new BackupError(`"${file}" can't be written: "${folder}" is not a folder.`);
    }
    await access(folder, constants.W_OK | constants.X_OK);
    if (existsSync(file) && !statSync(file).isFile()) throw notAFile(file);
    aside = tmp.dirSync({ tmpdir: folder, prefix: '.encrypted-s3', unsafeCleanup: true });
    const incomplete = join(aside.name, 'incomplete');
    await download(incomplete);
    makeFolders(dirname(file));
    renameSync(incomplete, file);
  } catch (error) {
    if (error instanceof Error && errnoOf(error) !== undefined && 'syscall' in error) {
      throw new BackupError(`"${file}" can't be written: ${wordsOf(error)}.`, {
        hint: 'Choose a destination that this user may write to, with room for the file.',
      });
    }
    throw error;
  } finally {
    aside?.removeCallback();
  }
}

function notAFile(file: string): BackupError {
  return new BackupError(`"${file}" exists and is not a regular file.`, {
    hint: 'Choose another destination; - is standard output.',
  });
}
