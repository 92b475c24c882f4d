import { renameSync } from 'node:fs';

/** Swaps the names of two files or folders. Nothing may be at `one` with `.aside` behind it. */
export function swapNames(one: string, other: string): void {
  const aside = `${one}.aside`;
  renameSync(one, aside);
  if (other !== one) renameSync(other, one);
  renameSync(aside, other);
}
