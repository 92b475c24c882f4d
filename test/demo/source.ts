// The folder that the demo backs up, checked before anything starts.
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

/** An error that the user can remedy. */
export class DemoError extends Error {}

export interface Source {
  readonly folder: string;
  readonly files: number;
  /** Relative to the folder. */
  readonly largestFile: string;
}

/** A folder to back up, and whether it is the demo's own sample, which the demo may change. */
export type DemoSource = Source & { readonly isSample: boolean };

/**
 * @param directory relative to the user's current folder, which `npm start` passes in INIT_CWD
 * @throws {DemoError} if it can't be backed up here
 */
export function sourceAt(directory: string): Source {
  const folder = resolve(process.env['INIT_CWD'] ?? '.', directory);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw new DemoError(`There is no folder ${folder}.`);
  if (!stats.isDirectory()) throw new DemoError(`${folder} is not a folder.`);
  if (isWithin(realpathSync(tmpdir()), realpathSync(folder))) {
    throw new DemoError(
      `The demo works in ${tmpdir()}, which is in ${folder}. Choose a folder without it, or set TMPDIR.`,
    );
  }
  return measure(folder);
}

function isWithin(path: string, folder: string): boolean {
  return !relative(folder, path).startsWith('..');
}

function measure(folder: string): Source {
  let files = 0;
  let total = 0;
  let largest = -1;
  let largestFile = '';
  for (const entry of entriesBelow(folder)) {
    const { size } = lstatSync(join(folder, entry), { throwIfNoEntry: false }) ?? { size: 0 };
    files += 1;
    total += size;
    if (size <= largest) continue;
    largest = size;
    largestFile = entry;
  }
  if (files === 0) throw new DemoError(`${folder} holds no files: there is nothing to back up.`);
  if (total > freemem() / 2) {
    const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
    throw new DemoError(
      `${folder} holds ${gigabytes(total)}. The demo's server keeps all in memory, ` +
        `of which ${gigabytes(freemem())} are free: choose a folder of at most half of that.`,
    );
  }
  return { folder, files, largestFile };
}

/** The regular files, relative to the folder; links are not followed. */
function entriesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, '/').length));
  } catch (error) {
    throw new DemoError(`${folder} can't be read: ${error instanceof Error ? error.message : error}`);
  }
}
