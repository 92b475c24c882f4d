// A folder that is held open. Its path leads through this process's descriptor: whatever is moved away or put in its
// place meanwhile, all that is done below that path is done in the folder that was opened.
import { closeSync, constants, mkdirSync, openSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../cli/errors.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';

/** Node does not name it; the same number on all machines that Node runs on. It asks for no right to read. */
const O_PATH = 0o10000000;
/** For a file, folder or link itself: of a link, not what it leads to. */
export const THING_ITSELF = O_PATH | constants.O_NOFOLLOW;
/** A link that leads to a folder is refused with ENOTDIR. */
export const FOLDER_ITSELF = THING_ITSELF | constants.O_DIRECTORY;

/** An `aws` of a restore that was killed may still write there. */
const REMOVAL = { recursive: true, force: true, maxRetries: 3, retryDelay: 100 };

export class HeldFolder {
  /** As the user knows it, for messages. */
  readonly name: string;
  /** For node:fs and for child processes, as long as this process lives and does not close it. */
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

  /** Opens a folder that is in it. @throws the system's error; ENOTDIR if no folder is there */
  inner(name: string): HeldFolder {
    return new HeldFolder(join(this.path, name), join(this.name, name));
  }

  /** Makes a folder in it, and opens it. @throws the system's error */
  make(name: string, mode = 0o777): HeldFolder {
    mkdirSync(join(this.path, name), mode);
    return this.inner(name);
  }

  /** Makes a folder in it, unless it is there, and opens it. @throws the system's error; ENOTDIR for something else */
  makeOrFind(name: string, mode?: number): HeldFolder {
    try {
      return this.make(name, mode);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      return this.inner(name);
    }
  }

  /** Removes all that is in it. @throws the system's error */
  empty(): void {
    for (const name of readdirSync(this.path, { encoding: 'buffer' })) {
      rmSync(Buffer.concat([Buffer.from(`${this.path}/`), name]), REMOVAL);
    }
  }

  /** Removes a folder in it that is empty, and nothing else that may have its name. @throws the system's error */
  removeEmpty(name: string): void {
    rmdirSync(join(this.path, name));
  }

  /** What a child process has said, with its name where the path was. (The AWS CLI writes `../../proc/…`.) */
  inWords(text: string): string {
    return text.replace(new RegExp(`[./]*${this.path.slice(1)}(?!\\d)`, 'g'), () => this.name);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
