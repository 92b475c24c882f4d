// The walk of `aws s3 sync DIR s3://…`: the files that it may upload, and its warnings.
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

/** Whether the owner may read the file or folder. (The fake itself may run as root, who may read everything.) */
export function isReadable(stats: Stats): boolean {
  const needed = stats.isDirectory() ? 0o500 : 0o400;
  return (stats.mode & needed) === needed;
}

export function filesToUpload(
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
    for (const name of names) visit(folder === '' ? name : `${folder}/${name}`);
  }

  function visit(path: string): void {
    const file = join(root, path);
    let stats: Stats;
    try {
      stats = followSymlinks ? statSync(file) : lstatSync(file);
      if (stats.isSymbolicLink()) return;
      // `enter` checks folders.
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
