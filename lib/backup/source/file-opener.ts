// Opens files below LOCAL_DIR, folder by folder and without following links, so that nobody who can write there can
// make the backup read a file that the scan did not see.
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../tree/bytes.js';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * The most folders that are held open besides the innermost one: a path may have more folders than there are
 * descriptors.
 */
const MAX_HELD = 64;

interface OpenFolder {
  readonly name: string;
  /** `undefined` if it is not held open. */
  descriptor: number | undefined;
}

/** Holds open the folders above the last file, since files come in the order of their keys. */
export class FileOpener {
  readonly #root: number;
  readonly #flags: number;
  readonly #folders: OpenFolder[] = [];

  /**
   * @param root descriptor of LOCAL_DIR
   * @param followSymlinks whether links are followed, as in the scan
   */
  constructor(root: number, followSymlinks: boolean) {
    this.#root = root;
    this.#flags = O_RDONLY | O_NONBLOCK | (followSymlinks ? 0 : O_NOFOLLOW);
  }

  /**
   * @param key relative to LOCAL_DIR
   * @returns a descriptor of the file, which the caller closes
   * @throws the system's error; ENOENT for anything but a regular file
   */
  open(key: Bytes): number {
    const names = key.split('/');
    const file = names.pop() ?? '';
    this.#enter(names);
    const descriptor = openSync(this.#path(file), this.#flags);
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
    throw Object.assign(new Error('not a regular file'), { code: 'ENOENT' });
  }

  close(): void {
    while (this.#folders.length > 0) this.#leave();
  }

  #enter(names: readonly string[]): void {
    let common = 0;
    while (common < this.#folders.length && this.#folders[common]?.name === names[common]) common += 1;
    while (this.#folders.length > common) this.#leave();
    while (this.#folders.length > 0 && this.#folders.at(-1)?.descriptor === undefined) this.#leave();
    for (const name of names.slice(this.#folders.length)) {
      const descriptor = openSync(this.#path(name), this.#flags | O_DIRECTORY);
      if (this.#folders.length > MAX_HELD) this.#release(this.#folders.at(-1));
      this.#folders.push({ name, descriptor });
    }
  }

  #leave(): void {
    this.#release(this.#folders.pop());
  }

  #release(folder: OpenFolder | undefined): void {
    if (folder?.descriptor === undefined) return;
    closeSync(folder.descriptor);
    folder.descriptor = undefined;
  }

  #path(name: string): string | Buffer {
    const folder = this.#folders.at(-1)?.descriptor ?? this.#root;
    return pathOf(joinPath(bytesOf(`/proc/self/fd/${folder}`), name as Bytes));
  }
}
