import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The paths of everything below a folder, sorted. (Without types, Node before 20.13 takes a socket for a folder.) */
export function pathsBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.map(({ parentPath, path, name }) => relative(folder, join(parentPath ?? path, name))).sort();
}
