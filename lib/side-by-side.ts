/**
 * Like `Promise.all`, but waits for all of them before it throws the first failure:
 * what runs side by side has always ended when the next step, or the way out, begins.
 */
export async function sideBySide<T extends readonly unknown[]>(
  ...work: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return Promise.all(work) as unknown as Promise<T>;
}
