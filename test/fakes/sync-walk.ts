// What `aws s3 sync` finds on disk: the files it would upload, and what it warns about.
import { accessSync, constants, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { exclusion } from '../../lib/run/exclusion.js';
import { bytesOf } from '../../lib/tree/bytes.js';

export interface Source {
  /** Relative to the directory. */
  readonly path: string;
  readonly file: string;
  readonly size: number;
  /** Milliseconds. */
  readonly mtime: number;
}

export interface SyncOptions {
  readonly followSymlinks: boolean;
  readonly exclude: readonly string[];
}

export function sourcesOf(
  root: string,
  { followSymlinks, exclude }: SyncOptions,
): { sources: Source[]; warnings: string[] } {
  const sources: Source[] = [];
  const warnings: string[] = [];
  const isExcluded = exclusion(exclude, root);
  enter('');
  return { sources, warnings };

  function enter(folder: string): void {
    let names: string[];
    try {
      names = readdirSync(join(root, folder));
    } catch {
      warnings.push(`${join(root, folder)}. File/Directory is not readable.`);
      return;
    }
    for (const name of names) look(folder === '' ? name : `${folder}/${name}`);
  }

  function look(path: string): void {
    const file = join(root, path);
    let stats: Stats;
    try {
      stats = followSymlinks ? statSync(file) : lstatSync(file);
      if (stats.isSymbolicLink()) return;
      accessSync(file, constants.R_OK);
    } catch {
      warnings.push(`${file}. File does not exist.`);
      return;
    }
    if (stats.isDirectory()) enter(path);
    else if (!stats.isFile()) warnings.push(`${file}. File is character special device.`);
    else if (!isExcluded(bytesOf(path))) sources.push({ path, file, size: stats.size, mtime: stats.mtimeMs });
  }
}
