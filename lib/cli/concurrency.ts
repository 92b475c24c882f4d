// Work side by side.
import { availableParallelism } from 'node:os';

/**
 * Like `Promise.all`, but waits until all have ended before it throws the first failure: nothing goes on in the
 * background while the caller cleans up.
 */
export async function allSettledOrThrow<T extends readonly unknown[]>(
  ...work: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return Promise.all(work) as unknown as Promise<T>;
}

/**
 * Works on several `items` at a time. After a failure it starts no more, waits for those that run, and throws the first
 * failure.
 * @param workers how many at a time
 */
export async function forEachInPool<T>(
  items: AsyncGenerator<T>,
  work: (item: T) => Promise<void>,
  workers = availableParallelism(),
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (failure === undefined) {
      const { value, done } = await items.next();
      if (done) return;
      try {
        await work(value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  await items.return(undefined);
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
