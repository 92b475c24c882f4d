import { existsSync, utimesSync } from 'node:fs';

/**
 * Makes the lock folder that a killed run has left as old as the next run by cron finds it: that run need not wait until
 * the folder counts as abandoned.
 */
export function ageLockFolder(lock: string): void {
  const folder = `${lock}.lock`;
  if (existsSync(folder)) utimesSync(folder, 0, 0);
}
