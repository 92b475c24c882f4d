// A backup of many files, ten in each folder, for tests of the guard.
import assert from 'node:assert/strict';
import type { BucketWorld } from './bucket-world.js';

/** The paths `0/0`, `0/1`, … `1/0`, … */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${Math.floor(number / 10)}/${number % 10}`);
}

export async function backUpNumbered(world: BucketWorld, count: number): Promise<void> {
  for (const name of numbered(count)) world.write(name, name);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
}
