/** How many random files the verification may choose from: some may change during the run. */
const SIZE = 10;

/** Some of a stream's items, each as likely as any other (reservoir sampling). */
export class Sample<T> {
  readonly items: T[] = [];
  #seen = 0;

  /** How many were added. */
  get seen(): number {
    return this.#seen;
  }

  add(item: T): void {
    this.#seen += 1;
    const place = Math.floor(Math.random() * this.#seen);
    if (this.items.length < SIZE) this.items.push(item);
    else if (place < SIZE) this.items[place] = item;
  }
}
