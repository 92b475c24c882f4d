import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../cli/errors.js';

/**
 * Makes a folder and those above it, as `mkdir -p` does, each with `mode`.
 * (Node's own never ends where a folder that is there takes no other: as in /proc, which says ENOENT.)
 * @throws the system's error
 */
export function makeFolders(path: string, mode?: number): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && existsSync(`${path}/.`)) return;
    const parent = dirname(path);
    if (errnoOf(error) !== 'ENOENT' || parent === path || existsSync(parent)) throw error;
    makeFolders(parent, mode);
    makeFolders(path, mode);
  }
}
