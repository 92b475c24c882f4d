// A folder of links to open descriptors, under the names that their files have below LOCAL_DIR: `aws s3 cp` uploads
// what the links lead to.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';

export interface LinkedFile {
  /** Below the folder. */
  readonly path: string;
  /** Of this process. */
  readonly descriptor: number;
}

/** @param folder made here, for this user alone */
export function makeLinks(folder: string, files: readonly LinkedFile[]): void {
  mkdirSync(folder, { mode: 0o700 });
  let made = '';
  for (const { path, descriptor } of files) {
    const parent = dirname(path);
    if (parent !== made) mkdirSync(join(folder, parent), { recursive: true, mode: 0o700 });
    made = parent;
    symlinkSync(pathOfDescriptor(descriptor), join(folder, path));
  }
}

export function removeLinks(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
