// Where a file is to be written whose path may lead through folders of others: the folder is come to name by name and
// held open, so that nobody can put another one in its place, and no link is followed that somebody else could have made.
import { closeSync, constants, lstatSync, openSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { BackupError } from '../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, pathOf, textOf } from '../../tree/bytes.js';

export interface OpenPlace {
  /** An open descriptor of the folder; whoever has the place closes it. */
  readonly folder: number;
  /** Of the file in it; no link, unless somebody puts one there meanwhile. */
  readonly name: Bytes;
  /** What is there now. */
  readonly found: Stats | undefined;
}

/** Linux's O_PATH, which Node does not name: opens a folder that may be passed through, but not listed. */
const O_PATH = 0o10000000;
const FOLDER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** As many as the kernel follows. */
const MAX_LINKS = 40;

/**
 * Finds the place of `file`, which need not exist. A link on the way, or at its end, is followed if it belongs to
 * root or to `user`, and is in a folder in which nobody else can write.
 * @throws {BackupError} for a link that is not followed
 * @throws the system's error, for a folder that is not there or can't be entered
 */
export function openPlace(file: string, user = process.geteuid?.() ?? -1): OpenPlace {
  const rest = namesOf(bytesOf(file));
  let folder = openSync(file.startsWith('/') ? '/' : '.', FOLDER);
  /** The way so far, for messages. */
  let way = (file.startsWith('/') ? '' : '.') as Bytes;
  const enter = (path: string | Buffer) => {
    const next = openSync(path, FOLDER);
    closeSync(folder);
    folder = next;
  };
  try {
    for (let links = 0; ; ) {
      const name = rest.shift() ?? ('.' as Bytes);
      const found = lstatSync(pathIn(folder, name), { throwIfNoEntry: false });
      if (found?.isSymbolicLink()) {
        links += 1;
        assertTrusted(textOf(joinPath(way, name)), found, statSync(pathIn(folder, '.' as Bytes)), user);
        if (links > MAX_LINKS) throw tooManyLinks(file);
        const target = readlinkSync(pathIn(folder, name), { encoding: 'latin1' }) as Bytes;
        rest.unshift(...namesOf(target));
        if (!target.startsWith('/')) continue;
        enter('/');
        way = '' as Bytes;
      } else if (rest.length === 0) return { folder, name, found };
      else {
        enter(pathIn(folder, name));
        way = joinPath(way, name);
      }
    }
  } catch (error) {
    closeSync(folder);
    throw error;
  }
}

/** What node:fs takes for a name in an open folder, wherever that folder has been moved. */
export function pathIn(folder: number, name: Bytes): string | Buffer {
  return pathOf(joinPath(`/proc/self/fd/${folder}` as Bytes, name));
}

function namesOf(path: Bytes): Bytes[] {
  return path.split('/').filter((name) => name !== '' && name !== '.') as Bytes[];
}

function assertTrusted(link: string, { uid }: Stats, folder: Stats, user: number): void {
  if (uid !== 0 && uid !== user) {
    throw notFollowed(`"${link}" is a link that belongs to another user (uid ${uid})`);
  }
  if (folder.uid !== 0 && folder.uid !== user) {
    throw notFollowed(`"${link}" is a link in a folder that belongs to another user (uid ${folder.uid})`);
  }
  if ((folder.mode & 0o022) !== 0) {
    const mode = (folder.mode & 0o7777).toString(8).padStart(4, '0');
    throw notFollowed(`"${link}" is a link in a folder that others can write (mode ${mode})`);
  }
}

function notFollowed(why: string): BackupError {
  return new BackupError(`${why}: it is not followed, since somebody else may decide where it leads.`, {
    hint: 'Look where the link leads, and remove it if it is not yours; or name a file in a folder that only you can write to.',
  });
}

function tooManyLinks(file: string): BackupError {
  return new BackupError(`"${file}" leads through more than ${MAX_LINKS} links, perhaps in a circle.`, {
    hint: 'Name the file itself.',
  });
}
