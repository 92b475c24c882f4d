// One backup run: config, lock, and then the steps in back-up.ts; or, without the lock, those in dry-run.ts.
import { readConfig } from '../config/read-config.js';
import { load } from '../load.js';
import type { CommandContext } from '../main.js';
import { acquireFlock } from '../run/flock.js';
import { sideBySide } from '../side-by-side.js';

export interface SyncFlags {
  /** How long to wait for another run to end. */
  readonly waitSeconds: number;
  readonly allowsMassDelete: boolean;
  /** Whether this source takes over the backup of another one. */
  readonly adopts: boolean;
  readonly isDry: boolean;
}

/** @returns the exit code: done, or done with files missing */
export async function sync(configFile: string, flags: SyncFlags, context: CommandContext): Promise<number> {
  const { waitSeconds, allowsMassDelete, adopts, isDry } = flags;
  const config = await readConfig(configFile);
  for (const warning of config.warnings) context.log.warn(warning);
  if (isDry) {
    const { dryRun } = await import('./dry-run.js');
    return dryRun(config, { allowsMassDelete, adopts, isDry }, context);
  }
  // The modules of the run are loaded while flock(1) works.
  const [flock, { backUp }] = await sideBySide(
    acquireFlock(config.localLock, waitSeconds, context.interruption),
    load<typeof import('./back-up.js')>('./commands/back-up.js'),
  );
  try {
    const options = { allowsMassDelete, adopts, isDry, lockDescriptor: flock.descriptor };
    return await backUp(config, options, context);
  } finally {
    flock.release();
  }
}
