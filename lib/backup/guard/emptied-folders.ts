// Which folders had files and have none any more: what a person recognises a missing disk by.
import type { Bytes } from '../../tree/bytes.js';

interface Folder {
  readonly key: string;
  before: number;
  now: number;
  /** Emptied folders below, to be told unless this one is emptied as a whole. */
  below: Bytes[];
}

/** Fed with the keys of files in their order; holds the folders on the way to the present one. */
export class EmptiedFolders {
  readonly #limit: number;
  readonly #open: Folder[] = [{ key: '', before: 0, now: 0, below: [] }];

  /** @param limit how many are told at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(key: Bytes, wasThere: boolean, isThere: boolean): void {
    while (!key.startsWith(this.#top().key)) this.#leave();
    for (
      let slash = key.indexOf('/', this.#top().key.length);
      slash >= 0;
      slash = key.indexOf('/', slash + 1)
    ) {
      this.#open.push({ key: key.slice(0, slash + 1), before: 0, now: 0, below: [] });
    }
    if (wasThere) this.#top().before += 1;
    if (isThere) this.#top().now += 1;
  }

  /** The topmost folders that are without files now, the root (`''`) included. */
  close(): Bytes[] {
    while (this.#open.length > 1) this.#leave();
    const root = this.#top();
    return isEmptied(root) ? ['' as Bytes] : root.below;
  }

  #leave(): void {
    const folder = this.#open.pop();
    if (folder === undefined) return;
    const parent = this.#top();
    parent.before += folder.before;
    parent.now += folder.now;
    const emptied = isEmptied(folder) ? [folder.key as Bytes] : folder.below;
    parent.below = [...parent.below, ...emptied].slice(0, this.#limit);
  }

  #top(): Folder {
    const top = this.#open.at(-1);
    if (top === undefined) throw new Error('the root is never left');
    return top;
  }
}

function isEmptied({ before, now }: Folder): boolean {
  return before > 0 && now === 0;
}
