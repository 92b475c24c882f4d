import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The sorted paths of all entries below a folder. (Without `withFileTypes`, Node before 20.13 mistakes a socket for a folder.) */
export function pathsBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.map(({ parentPath, path, name }) => relative(folder, join(parentPath ?? path, name))).sort();
}
