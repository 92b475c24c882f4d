// A few workers for many items.
import { availableParallelism } from 'node:os';

/**
 * Works on `items`, some at a time. After a failure no more is begun; all have ended when it returns, or throws the
 * first failure.
 * @param workers how many at a time; as many as there are processors, if not given
 */
export async function pool<T>(
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
