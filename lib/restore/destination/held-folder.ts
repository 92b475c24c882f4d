// A folder that is held open. Its path leads through this process's descriptor, so it always leads to the folder that
// was opened, even if that is moved or replaced.
import { closeSync, constants, mkdirSync, openSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../cli/errors.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../tree/bytes.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';

/** Linux's O_PATH, which Node does not name: opens a file or folder without the right to read it. */
export const O_PATH = 0o10000000;
/** Opens a link itself, not its target. */
export const WITHOUT_FOLLOWING = O_PATH | constants.O_NOFOLLOW;
/** Refuses a link to a folder with ENOTDIR. */
export const FOLDER_ITSELF = WITHOUT_FOLLOWING | constants.O_DIRECTORY;

/** For `rmSync`. Retries, since an `aws` of a restore that was killed may still write there. */
export const REMOVAL = { recursive: true, force: true, maxRetries: 3, retryDelay: 100 };

export class HeldFolder {
  /** The path as the user knows it, for messages. */
  readonly name: string;
  /** The path for node:fs and for child processes, valid until this process closes the folder or ends. */
  readonly path: string;
  readonly #descriptor: number;

  /**
   * @param path absolute; its last part must not be a link
   * @throws the system's error; ENOTDIR if no folder is there
   */
  constructor(path: string, name = path) {
    this.#descriptor = openSync(path, FOLDER_ITSELF);
    this.path = pathOfDescriptor(this.#descriptor);
    this.name = name;
  }

  /** Opens a folder inside it. @throws the system's error; ENOTDIR if that is not a folder */
  inner(name: string): HeldFolder {
    return new HeldFolder(join(this.path, name), join(this.name, name));
  }

  /** Creates a folder inside it, and opens that. @throws the system's error */
  make(name: string, mode = 0o777): HeldFolder {
    mkdirSync(join(this.path, name), mode);
    return this.inner(name);
  }

  /** Opens a folder inside it, or creates it. @throws the system's error; ENOTDIR if it is not a folder */
  makeOrOpen(name: string, mode?: number): HeldFolder {
    try {
      return this.make(name, mode);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      return this.inner(name);
    }
  }

  /** Removes everything in it. @throws the system's error */
  empty(): void {
    for (const name of readdirSync(this.path, { encoding: 'latin1' }) as Bytes[]) {
      rmSync(pathOf(joinPath(bytesOf(this.path), name)), REMOVAL);
    }
  }

  /** Removes an empty folder inside it, but not a file of that name. @throws the system's error */
  removeEmpty(name: string): void {
    rmdirSync(join(this.path, name));
  }

  /** A message of a child process, with the folder's name in place of its path. (The AWS CLI writes `../../proc/…`.) */
  nameInMessage(message: string): string {
    return message.replace(new RegExp(`[./]*${this.path.slice(1)}(?!\\d)`, 'g'), () => this.name);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
