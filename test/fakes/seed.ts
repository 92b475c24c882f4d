// The seed of random tests, which their names show.

/**
 * @param variable an environment variable that sets the seed, as to repeat a run that failed
 * @returns otherwise another one each time; but in CI always the same, so that a change fails only by its own fault
 */
export function seedFrom(variable: string): number {
  const given = process.env[variable];
  if (given !== undefined) return Number(given);
  return process.env['CI'] === 'true' ? 1 : Date.now() % 2 ** 31;
}
