// Where a restored file goes: nothing is replaced before its download is complete.
import { constants, existsSync, mkdtempSync, realpathSync, renameSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { existingFolder } from './open-destination.js';
import { HeldFolder } from './held-folder.js';
import { assertTrustedPath } from './trusted-way.js';

/**
 * The file to write for `key` when the user asked for `destination`, which may be a folder. Of a link, it is the file
 * that it leads to: a link is not replaced, least of all `/dev/stdout`.
 * @param isTrusted whether root writes there, whoever could change where that is
 * @throws {BackupError} if there is something else, or others could lead root elsewhere
 */
export function targetFileFor(destination: string, key: string, isTrusted: boolean): string {
  const path = resolve(destination);
  const isFolder = destination.endsWith('/') || (existsSync(path) && statSync(path).isDirectory());
  const file = isFolder ? join(path, basename(key)) : path;
  const isThere = existsSync(file);
  if (isThere && !statSync(file).isFile()) {
    throw new BackupError(`"${file}" exists and is not a regular file.`, {
      hint: 'Choose another destination; - is standard output.',
    });
  }
  try {
    if (!isTrusted) assertTrustedPath(existingFolder(file), file, false);
    return isThere ? realpathSync(file) : file;
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/**
 * Has `download` write a new file in a private folder beside `file`, and then moves it there. Both folders are held
 * open: nothing is led elsewhere meanwhile.
 * On failure the private folder goes, and what was at `file` stays.
 * @param download gets the path to write to, and what calls that path by its name in the words of a child process
 * @throws {BackupError} if `file` can't be written
 */
export async function replaceWhenComplete(
  file: string,
  download: (to: string, inWords: (text: string) => string) => Promise<void>,
): Promise<void> {
  const existing = existingFolder(dirname(file));
  let folder: HeldFolder | undefined;
  let aside: HeldFolder | undefined;
  try {
    if (!statSync(existing).isDirectory()) {
      throw new BackupError(`"${file}" can't be written: "${existing}" is not a folder.`);
    }
    await access(existing, constants.W_OK | constants.X_OK);
    folder = new HeldFolder(realpathSync(existing), existing);
    aside = folder.inner(basename(mkdtempSync(join(folder.path, '.encrypted-s3'))));
    const held = aside;
    const incomplete = join(held.path, 'incomplete');
    await download(incomplete, (text) => held.inWords(text));
    renameSync(incomplete, join(makeParents(folder, file).path, basename(file)));
  } catch (error) {
    throw cannotWrite(file, error);
  } finally {
    if (folder !== undefined && aside !== undefined) remove(aside, folder);
  }
}

/** The folder of `file`, below one that is there. */
function makeParents(folder: HeldFolder, file: string): HeldFolder {
  const missing = relative(folder.name, dirname(file)).split('/').filter(Boolean);
  return missing.reduce((above, name) => above.makeOrFind(name), folder);
}

/** As far as it can be: who has moved it away keeps it, and an error would hide a more important one. */
function remove(aside: HeldFolder, folder: HeldFolder): void {
  try {
    aside.empty();
    folder.removeEmpty(basename(aside.name));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

function cannotWrite(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || errnoOf(error) === undefined || !('syscall' in error)) return error;
  return new BackupError(`"${file}" can't be written: ${describeError(error)}.`, {
    hint: 'Choose a destination that this user may write to, with room for the file.',
  });
}
