// Which folders had files and have none now: they show the user which disk is missing.
import type { Bytes } from '../../tree/bytes.js';

interface Folder {
  readonly key: string;
  filesBefore: number;
  filesNow: number;
  /** The emptied folders below; not used if this folder is empty itself. */
  emptiedBelow: Bytes[];
}

/** Takes sorted keys of files. Holds only the folders above the current key. */
export class EmptiedFolders {
  readonly #limit: number;
  readonly #open: Folder[] = [newFolder('')];

  /** @param limit how many are named at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(key: Bytes, wasThere: boolean, isThere: boolean): void {
    while (!key.startsWith(this.#innermost.key)) this.#leave();
    let slash = key.indexOf('/', this.#innermost.key.length);
    for (; slash >= 0; slash = key.indexOf('/', slash + 1))
      this.#open.push(newFolder(key.slice(0, slash + 1)));
    if (wasThere) this.#innermost.filesBefore += 1;
    if (isThere) this.#innermost.filesNow += 1;
  }

  /** The topmost folders that have no files now, the root (`''`) included. */
  close(): Bytes[] {
    while (this.#open.length > 1) this.#leave();
    return emptiedIn(this.#innermost);
  }

  #leave(): void {
    const folder = this.#open.pop();
    if (folder === undefined) return;
    const parent = this.#innermost;
    parent.filesBefore += folder.filesBefore;
    parent.filesNow += folder.filesNow;
    parent.emptiedBelow = [...parent.emptiedBelow, ...emptiedIn(folder)].slice(0, this.#limit);
  }

  get #innermost(): Folder {
    const folder = this.#open.at(-1);
    if (folder === undefined) throw new Error('the root is never left');
    return folder;
  }
}

function newFolder(key: string): Folder {
  return { key, filesBefore: 0, filesNow: 0, emptiedBelow: [] };
}

function emptiedIn({ key, filesBefore, filesNow, emptiedBelow }: Folder): Bytes[] {
  return filesBefore > 0 && filesNow === 0 ? [key as Bytes] : emptiedBelow;
}
