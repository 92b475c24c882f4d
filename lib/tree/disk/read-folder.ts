import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';

/**
 * What is in a folder; the names are `Bytes`.
 *
 * Where a file system does not tell the types of names, Node asks for each with lstat(2), and fails with ENOENT at one
 * that is not ASCII: then, it is asked for buffers. (Node's types don't know that `latin1` gives strings, too.)
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
