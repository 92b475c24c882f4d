// Streams that hand on many items at a time: waiting for each of a million costs more, in time and in garbage, than
// what is done with it.

/** Each batch is used up before the next one is asked for; it may be made while it is read. */
export type Batches<T> = AsyncGenerator<Iterable<T>, void>;

/** One by one, where there are few of them or each takes long. */
export async function* flatten<T>(batches: Batches<T>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}

/** Each item as something else; what becomes `undefined` is left out. */
export async function* mapEach<T, U>(batches: Batches<T>, change: (item: T) => U | undefined): Batches<U> {
  for await (const batch of batches) yield changed(batch, change);
}

function* changed<T, U>(batch: Iterable<T>, change: (item: T) => U | undefined): Generator<U> {
  for (const item of batch) {
    const result = change(item);
    if (result !== undefined) yield result;
  }
}

export async function* emptyStream(): Batches<never> {}
