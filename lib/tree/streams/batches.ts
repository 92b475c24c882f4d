// Streams of batches: awaiting each of a million items would take more time and memory than the work on it.

/** Each batch is used up before the next one is asked for; it may be a generator. */
export type Batches<T> = AsyncGenerator<Iterable<T>, void>;

/** The items one by one: for few items, or for slow work on each. */
export async function* flatten<T>(batches: Batches<T>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}

/** Maps each item; those that become `undefined` are left out. */
export async function* mapEach<T, U>(batches: Batches<T>, map: (item: T) => U | undefined): Batches<U> {
  for await (const batch of batches) yield mapBatch(batch, map);
}

function* mapBatch<T, U>(batch: Iterable<T>, map: (item: T) => U | undefined): Generator<U> {
  for (const item of batch) {
    const result = map(item);
    if (result !== undefined) yield result;
  }
}

export async function* emptyStream(): Batches<never> {}
