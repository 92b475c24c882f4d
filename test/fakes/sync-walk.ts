// What `aws s3 sync` finds on disk: the files it would upload, and what it warns about.
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../../lib/tree/bytes.js';
import { compilePatterns } from '../../lib/tree/patterns.js';

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

/** Whether its owner may read it, or enter it: the fake runs with the rights of the test, which may be root's. */
export function isReadable(stats: Stats): boolean {
  const needed = stats.isDirectory() ? 0o500 : 0o400;
  return (stats.mode & needed) === needed;
}

export function sourcesOf(
  root: string,
  { followSymlinks, exclude }: SyncOptions,
): { sources: Source[]; warnings: string[] } {
  const sources: Source[] = [];
  const warnings: string[] = [];
  const patternFor = compilePatterns(exclude);
  enter('');
  return { sources, warnings };

  function enter(folder: string): void {
    let names: string[];
    try {
      if (!isReadable(statSync(join(root, folder)))) throw new Error('Permission denied');
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
      // Folders warn for themselves.
      if (!stats.isDirectory() && !isReadable(stats)) throw new Error('Permission denied');
    } catch {
      warnings.push(`${file}. File does not exist.`);
      return;
    }
    if (stats.isDirectory()) enter(path);
    else if (!stats.isFile()) warnings.push(`${file}. File is character special device.`);
    else if (patternFor(bytesOf(path)) === undefined)
      sources.push({ path, file, size: stats.size, mtime: stats.mtimeMs });
  }
}
