// Sorted streams, compared in one pass with flat memory: at a million files as at ten.

export interface Keyed {
  readonly key: string;
}

/** What two streams hold of one key: one of them, or both. */
export type Pair<A, B> = readonly [A, B] | readonly [A, undefined] | readonly [undefined, B];

/**
 * Joins two streams that are sorted by `key`, each without doubles. Both are closed when the reader stops.
 */
export async function* mergeByKey<A extends Keyed, B extends Keyed>(
  left: AsyncGenerator<A, unknown>,
  right: AsyncGenerator<B, unknown>,
): AsyncGenerator<Pair<A, B>> {
  try {
    let a = await left.next();
    let b = await right.next();
    while (!a.done || !b.done) {
      if (b.done || (!a.done && a.value.key < b.value.key)) {
        yield [a.value as A, undefined];
        a = await left.next();
      } else if (a.done || b.value.key < a.value.key) {
        yield [undefined, b.value];
        b = await right.next();
      } else {
        yield [a.value, b.value];
        [a, b] = [await left.next(), await right.next()];
      }
    }
  } finally {
    await left.return(undefined);
    await right.return(undefined);
  }
}
