import type { Bytes } from '../../tree/bytes.js';
import type { Entry } from '../../tree/entry.js';

/** The links of a tree that a key is below; `add` and `above` are called in the order of the keys. */
export class LinksAbove {
  /** Each key begins with the one before. */
  readonly #links: Entry[] = [];

  add(link: Entry): void {
    this.#leave(link.key);
    this.#links.push(link);
  }

  above(key: Bytes): Entry | undefined {
    this.#leave(key);
    return this.#links.find((link) => key.startsWith(`${link.key}/`));
  }

  /** Between a link and the keys below it, others may come: `link`, `link.txt`, `link/below`. */
  #leave(key: Bytes): void {
    for (let last = this.#links.at(-1); last && !key.startsWith(last.key); last = this.#links.at(-1)) {
      this.#links.pop();
    }
  }
}
