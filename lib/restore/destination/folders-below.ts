// Folders below a held one, opened part by part without following links. Anyone who may write there can replace a
// folder by a link at any time, but the path of an open folder always leads to that folder.
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
  /** The folders from the root to the one entered last, in which the next one usually is. */
  readonly #open: OpenFolder[] = [];

  constructor(root: HeldFolder) {
    this.root = root;
  }

  /** True for the folder entered last and those above it. */
  isEntered(key: Bytes): boolean {
    return this.#last().key.startsWith(key);
  }

  /**
   * @param key relative to the root: '' or ends in a `/`
   * @returns its path, which is valid until the next one is entered
   * @throws the system's error; ENOTDIR if the path has a link or a file
   */
  enter(key: Bytes): string {
    while (!key.startsWith(this.#last().key)) closeSync(this.#open.pop()?.descriptor ?? -1);
    for (let above = this.#last(); above.key.length < key.length; above = this.#last()) {
      const end = key.indexOf('/', above.key.length);
      const name = key.slice(above.key.length, end) as Bytes;
      const descriptor = openSync(pathOf(joinPath(bytesOf(above.path), name)), FOLDER_ITSELF);
      this.#open.push({ key: key.slice(0, end + 1) as Bytes, descriptor });
    }
    return this.#last().path;
  }

  #last(): { readonly key: Bytes; readonly path: string } {
    const last = this.#open.at(-1);
    if (last === undefined) return { key: '' as Bytes, path: this.root.path };
    return { key: last.key, path: pathOfDescriptor(last.descriptor) };
  }
}
