// The names in a folder.
import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { errnoOf } from '../../cli/errors.js';

/**
 * The names as bytes. Node's types do not know that a Dirent's name is a string in this encoding, too.
 * Where the file system does not tell types, Node looks at each name, and fails for one that is not ASCII.
 */
export function listFolder(path: string | Buffer): Dirent[] {
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
