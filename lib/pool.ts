// A few workers for many items.
import { availableParallelism } from 'node:os';

/**
 * Works on `items`, as many at a time as there are processors. After a failure no more is begun; all have ended when
 * it returns, or throws the first failure.
 */
export async function pool<T>(items: AsyncGenerator<T>, work: (item: T) => Promise<void>): Promise<void> {
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
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  await items.return(undefined);
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
