// Folders below a held one, opened part by part without following a link: who may write there can put a link in the
// place of a folder at any time, but what is done below the path of an open one is not led elsewhere.
import { closeSync, openSync } from 'node:fs';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../tree/bytes.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';
import { FOLDER_ITSELF, type HeldFolder } from './held-folder.js';

interface OpenFolder {
  /** Ends in a `/`. */
  readonly key: Bytes;
  readonly descriptor: number;
}

export class FoldersBelow {
  readonly root: HeldFolder;
  /** The folder last entered and those on the way to it, which is where the next one mostly is. */
  readonly #way: OpenFolder[] = [];

  constructor(root: HeldFolder) {
    this.root = root;
  }

  /** Whether `key` is the folder last entered, or above it. */
  isEntered(key: Bytes): boolean {
    return key === '' || this.#way.at(-1)?.key.startsWith(key) === true;
  }

  /**
   * @param key relative to the root: '' or ends in a `/`
   * @returns its path, until the next one is entered
   * @throws the system's error; ENOTDIR where a link or a file is on the way
   */
  enter(key: Bytes): string {
    for (
      let last = this.#way.at(-1);
      last !== undefined && !key.startsWith(last.key);
      last = this.#way.at(-1)
    ) {
      this.#way.pop();
      closeSync(last.descriptor);
    }
    for (let at = this.#here().length; at < key.length; at = this.#here().length) {
      const end = key.indexOf('/', at);
      const inner = pathOf(joinPath(bytesOf(this.#path()), key.slice(at, end) as Bytes));
      this.#way.push({ key: key.slice(0, end + 1) as Bytes, descriptor: openSync(inner, FOLDER_ITSELF) });
    }
    return this.#path();
  }

  #here(): string {
    return this.#way.at(-1)?.key ?? '';
  }

  #path(): string {
    const last = this.#way.at(-1);
    return last === undefined ? this.root.path : pathOfDescriptor(last.descriptor);
  }
}
