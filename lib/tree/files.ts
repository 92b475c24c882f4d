// The files of a directory as `aws s3 sync` would see them.
import { accessSync, constants, type Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors.js';

/**
 * Yields the paths, relative to `root`, of the regular files below it, in no order. With `followSymlinks`
 * links to files and to folders are followed, but no folder is entered from within itself.
 * @param onUnreadable told of every file and folder that can't be read; these are not yielded
 */
export async function* regularFiles(
  root: string,
  followSymlinks: boolean,
  onUnreadable: (path: string) => void,
): AsyncGenerator<string> {
  yield* filesBelow({ root, followSymlinks, onUnreadable }, '', []);
}

interface Walk {
  readonly root: string;
  readonly followSymlinks: boolean;
  readonly onUnreadable: (path: string) => void;
}

async function* filesBelow(walk: Walk, folder: string, above: readonly string[]): AsyncGenerator<string> {
  const { root, followSymlinks, onUnreadable } = walk;
  const path = join(root, folder);
  try {
    const within = followSymlinks ? [...above, await identityOf(path)] : above;
    if (new Set(within).size < within.length) return;
    for await (const entry of await opendir(path, { bufferSize: 1024 })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const type = await typeOf(entry, join(root, name), followSymlinks);
      if (type === 'folder') yield* filesBelow(walk, name, within);
      if (type !== 'file') continue;
      if (isReadable(join(root, name))) yield name;
      else onUnreadable(join(root, name));
    }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') onUnreadable(path);
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch (error) {
    // Gone meanwhile is not unreadable.
    return errnoOf(error) === 'ENOENT';
  }
}

type EntryType = 'file' | 'folder' | 'other';

function typeOf(entry: Dirent, path: string, followSymlinks: boolean): EntryType | Promise<EntryType> {
  if (followSymlinks && entry.isSymbolicLink()) {
    return stat(path).then(
      (target) => (target.isDirectory() ? 'folder' : target.isFile() ? 'file' : 'other'),
      () => 'other',
    );
  }
  return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
}

async function identityOf(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder);
  return `${dev}:${ino}`;
}

/** Up to `count` items of a stream, each as likely as any other (reservoir sampling), in no order. */
export async function sample<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const chosen: T[] = [];
  let seen = 0;
  for await (const item of items) {
    seen += 1;
    const place = Math.floor(Math.random() * seen);
    if (chosen.length < count) chosen.push(item);
    else if (place < count) chosen[place] = item;
  }
  return chosen;
}
