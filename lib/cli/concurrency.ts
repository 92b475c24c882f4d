import { availableParallelism } from 'node:os';
/**
 * Like `Promise.all`, but waits for all of them before it throws the first failure:
 * what runs side by side has always ended when the next step, or the way out, begins.
 */
export async function allSettledOrThrow<T extends readonly unknown[]>(
  ...work: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return Promise.all(work) as unknown as Promise<T>;
}

// A few workers for many items.

/**
 * Works on `items`, some at a time. After a failure no more is begun; all have ended when it returns, or throws the
 * first failure.
 * @param workers how many at a time; as many as there are processors, if not given
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
