// One backup run: config, lock, and then the steps in back-up.ts.
import { readConfig } from '../config/read-config.js';
import { exitCode } from '../exit-codes.js';
import type { CommandContext } from '../main.js';
import { acquireFlock } from '../run/flock.js';
import { sideBySide } from '../side-by-side.js';

/** @returns the exit code: done, or done with files missing */
export async function sync(
  configFile: string,
  waitSeconds: number,
  context: CommandContext,
): Promise<number> {
  const config = await readConfig(configFile);
  for (const warning of config.warnings) context.log.warn(warning);
  // The modules of the run are loaded while flock(1) works.
  const [flock, { backUp }] = await sideBySide(
    acquireFlock(config.localLock, waitSeconds, context.interruption),
    import('./back-up.js'),
  );
  try {
    return (await backUp(config, flock.descriptor, context)) ? exitCode.done : exitCode.incomplete;
  } finally {
    flock.release();
  }
}
