// The destination of a single file: nothing is replaced before its download is complete.
import { accessSync, constants, existsSync, mkdtempSync, realpathSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BackupError, errnoOf } from '../../cli/errors.js';
import { HeldFolder } from './held-folder.js';
import { cannotWriteError, existingFolder } from './open-destination.js';
import { assertTrustedPath } from './trusted-way.js';

/**
 * The file to write for `destination`, which may be a folder. For a link, its target: a link such as `/dev/stdout` is
 * not replaced.
 * @param key of the object, which names the file in a folder
 * @param isTrusted true if root may write there although other users could redirect it
 * @throws {BackupError} if it exists and is not a file, can't be looked at, or others could redirect root
 */
export function findTargetFile(destination: string, key: string, isTrusted: boolean): string {
  // It may come from a variable that is not set.
  if (destination === '') throw new BackupError('The destination is empty: name a file or a folder.');
  const path = resolve(destination);
  const isFolder = destination.endsWith('/') || (existsSync(path) && statSync(path).isDirectory());
  const file = isFolder ? join(path, basename(key)) : path;
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile()) {
      throw new BackupError(`"${file}" exists and is not a regular file.`, {
        hint: 'Choose another destination; - is standard output.',
      });
    }
    if (!isTrusted) assertTrustedPath(existingFolder(file), file, false);
    return found === undefined ? file : realpathSync(file);
  } catch (error) {
    throw cannotWriteError(file, error);
  }
}

/**
 * Calls `download` to write a new file in a private folder beside `file`, and then moves it there. Both folders are
 * held open, so that nobody can redirect them meanwhile. After a failure, the private folder is removed, and an
 * existing `file` stays.
 * @param download writes to `path`, which is in `folder`
 * @throws {BackupError} if `file` can't be written
 */
export async function replaceWhenComplete(
  file: string,
  download: (path: string, folder: HeldFolder) => Promise<void>,
): Promise<void> {
  const existing = existingFolder(dirname(file));
  let above: HeldFolder | undefined;
  let folder: HeldFolder | undefined;
  try {
    if (!statSync(existing).isDirectory()) {
      throw new BackupError(`"${file}" can't be written to: "${existing}" is not a folder.`);
    }
    accessSync(existing, constants.W_OK | constants.X_OK);
    above = new HeldFolder(realpathSync(existing), existing);
    folder = above.inner(basename(mkdtempSync(join(above.path, '.encrypted-s3'))));
    const path = join(folder.path, 'incomplete');
    await download(path, folder);
    renameSync(path, join(makeParents(above, file).path, basename(file)));
  } catch (error) {
    throw cannotWriteError(file, error);
  } finally {
    if (above !== undefined && folder !== undefined) removeIfPossible(folder, above);
  }
}

/** The folder of `file`, below one that exists. */
function makeParents(existing: HeldFolder, file: string): HeldFolder {
  const missing = relative(existing.name, dirname(file)).split('/').filter(Boolean);
  return missing.reduce((above, name) => above.makeOrOpen(name), existing);
}

/** Ignores its own failure, which would hide a more important error; it fails if somebody has moved the folder. */
function removeIfPossible(folder: HeldFolder, above: HeldFolder): void {
  try {
    folder.empty();
    above.removeEmpty(basename(folder.name));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}
