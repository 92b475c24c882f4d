// The place of a file to write, whose path may lead through folders of other users. Its folder is opened name by name
// and held open, so that nobody can replace it. A link that somebody else may have made is not followed.
import { closeSync, constants, lstatSync, openSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { BackupError } from '../../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, pathOf, textOf } from '../../bytes.js';
import { GROUP_AND_OTHERS_WRITE, isOthers, MAX_LINKS, namesOfPath, octalMode } from './who-can-change.js';

export interface OpenPlace {
  /** A descriptor of the folder, which the caller closes. */
  readonly folder: number;
  /** The file's name in that folder: not a link, unless somebody creates one meanwhile. */
  readonly name: Bytes;
  /** The file that has that name now. */
  readonly found: Stats | undefined;
}

/** Linux's O_PATH, which Node does not name: opens a folder that this user may search, but perhaps not list. */
const O_PATH = 0o10000000;
const FOLDER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Opens the place of `file`, which need not exist. A link on its path, or at its end, is followed if it belongs to root
 * or to `user`, and is in a folder where nobody else can write.
 * @throws {BackupError} for any other link
 * @throws the system's error for a folder that is missing or can't be searched
 */
export function openPlace(file: string, user = process.geteuid?.() ?? -1): OpenPlace {
  const names = namesOfPath(bytesOf(file));
  let folder = openSync(file.startsWith('/') ? '/' : '.', FOLDER);
  /** Of `folder`, for messages. */
  let path = (file.startsWith('/') ? '' : '.') as Bytes;
  const enter = (next: string | Buffer) => {
    const descriptor = openSync(next, FOLDER);
    closeSync(folder);
    folder = descriptor;
  };
  try {
    for (let links = 0; ; ) {
      const name = names.shift() ?? ('.' as Bytes);
      const found = lstatSync(pathIn(folder, name), { throwIfNoEntry: false });
      if (found?.isSymbolicLink()) {
        links += 1;
        assertTrusted(textOf(joinPath(path, name)), found, statSync(pathIn(folder, '.' as Bytes)), user);
        if (links > MAX_LINKS) throw tooManyLinks(file);
        const target = readlinkSync(pathIn(folder, name), { encoding: 'latin1' }) as Bytes;
        names.unshift(...namesOfPath(target));
        if (!target.startsWith('/')) continue;
        enter('/');
        path = '' as Bytes;
      } else if (names.length === 0) return { folder, name, found };
      else {
        enter(pathIn(folder, name));
        path = joinPath(path, name);
      }
    }
  } catch (error) {
    closeSync(folder);
    throw error;
  }
}

/** The path of a name in an open folder, for node:fs. It stays valid if that folder is moved. */
export function pathIn(folder: number, name: Bytes): string | Buffer {
  return pathOf(joinPath(`/proc/self/fd/${folder}` as Bytes, name));
}

function assertTrusted(link: string, { uid }: Stats, folder: Stats, user: number): void {
  if (isOthers(uid, user)) throw notFollowed(`"${link}" is a link that belongs to another user (uid ${uid})`);
  if (isOthers(folder.uid, user))
    throw notFollowed(`"${link}" is a link in a folder that belongs to another user (uid ${folder.uid})`);
  if ((folder.mode & GROUP_AND_OTHERS_WRITE) !== 0)
    throw notFollowed(
      `"${link}" is a link in a folder that others can write (mode ${octalMode(folder.mode)})`,
    );
}

function notFollowed(why: string): BackupError {
  return new BackupError(`${why}: it is not followed, since another user may control where it leads.`, {
    hint: 'Check where the link leads, and remove it if it is not yours; or name a file in a folder that only you can write.',
  });
}

function tooManyLinks(file: string): BackupError {
  return new BackupError(`"${file}" leads through more than ${MAX_LINKS} links, perhaps in a circle.`, {
    hint: 'Name the file itself.',
  });
}
