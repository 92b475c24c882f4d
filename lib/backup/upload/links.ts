// A folder of links to open descriptors, under the names that their files have below LOCAL_DIR: `aws s3 cp` uploads
// what the links lead to.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

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
    // By our PID, not `self`: it is the AWS CLI that opens it.
    symlinkSync(`/proc/${process.pid}/fd/${descriptor}`, join(folder, path));
  }
}

export function removeLinks(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
