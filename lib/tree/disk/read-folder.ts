import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';

/**
 * The contents of a folder; the names are `Bytes`.
 *
 * Where a file system does not give the types of names, Node calls lstat(2) for each, and fails with ENOENT at one that
 * is not ASCII. Then the names are read as buffers. (Node's types don't know that `latin1` gives strings, too.)
 * @throws the system's error
 */
export function readFolder(path: string | Buffer): Dirent[] {
  try {
    return readdirSync(path, { encoding: 'latin1', withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || !existsSync(path)) throw error;
  }
  const entries = readdirSync(path, {
    encoding: 'buffer',
    withFileTypes: true,
  }) as unknown as Dirent<Buffer>[];
  return entries.map((entry) => Object.assign(entry, { name: entry.name.toString('latin1') }));
}
