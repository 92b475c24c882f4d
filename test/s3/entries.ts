// The entries of a folder, to compare a source with its restore.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './world.js';

/** The type, mode, owner, mtime in nanoseconds, and content of each entry below `folder`, by path. */
export function entriesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(paths.map((path) => [path, describe(join(folder, path))]));
}

function describe(path: string): string {
  const { mode, uid, gid, mtimeNs } = lstatSync(path, { bigint: true });
  return `${mode.toString(8)} ${uid}:${gid} ${mtimeNs} ${contentOf(path)}`;
}

function contentOf(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return stats.isFile() ? sha256(readFileSync(path)) : '';
}
