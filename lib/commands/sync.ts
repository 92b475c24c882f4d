// One backup run: config, lock, and then the steps in back-up.ts; or, without the lock, those in dry-run.ts.
import { openBackup } from '../backup/backup.js';
import type { CommandContext } from '../cli/main.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import { withLock } from '../records/lock/lock.js';
import { explainStateError } from '../records/state-folder.js';
import { runBackup } from './back-up.js';
import { connectToBucket } from './connection.js';
import { dryRun } from './dry-run.js';

export interface SyncFlags {
  /** How long to wait for another run to end. */
  readonly waitSeconds: number;
  readonly allowsMassDelete: boolean;
  /** Whether this source takes over the backup of another one. */
  readonly adopts: boolean;
  /** Whether the bucket's listing is to be compared, however long ago that was last done. */
  readonly isFull: boolean;
  readonly isDry: boolean;
  /** Whether to print what the run has done as JSON. */
  readonly isJson: boolean;
}

/**
 * @param configFile `undefined`: the one in the default place
 * @returns the exit code: done, or done with files missing
 */
export async function sync(
  configFile: string | undefined,
  flags: SyncFlags,
  context: CommandContext,
): Promise<number> {
  const config = await readConfig(configFileOrDefault(configFile), context.log);
  if (flags.isDry) return withBackup(undefined, dryRun);
  return withLock(config.localLock, flags.waitSeconds, context, (lockDescriptor) =>
    withBackup(lockDescriptor, runBackup),
  );

  async function withBackup(
    lockDescriptor: number | undefined,
    work: (backup: Awaited<ReturnType<typeof openBackup>>) => Promise<number>,
  ): Promise<number> {
    const aws = connectToBucket(config, context, lockDescriptor);
    const backup = await openBackup(config, aws, flags, context);
    try {
      return await work(backup);
    } catch (error) {
      throw explainStateError(error, backup.state);
    } finally {
      backup.close();
    }
  }
}
