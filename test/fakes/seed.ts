// The seed of random tests, which their names show.

/**
 * @param variable the environment variable with the seed of a failed run to repeat
 * @returns by default, another seed each time; in CI always the same one, so that a change fails only by its own fault
 */
export function seedFrom(variable: string): number {
  const given = process.env[variable];
  if (given !== undefined) return Number(given);
  return process.env['CI'] === 'true' ? 1 : Date.now() % 2 ** 31;
}
