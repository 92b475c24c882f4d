// One backup run: config, lock, and then the steps in back-up.ts; or, without the lock, those in dry-run.ts.
import { type Backup, type BackupFlags, openBackup } from '../backup/backup.js';
import type { CommandContext } from '../cli/main.js';
import { failOnCrash } from '../cli/signals/crash.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import { ESCROW_PREFIX } from '../records/escrow-state.js';
import { withLock } from '../records/lock/lock.js';
import { explainStateError } from '../records/state-folder.js';
import { type RunResult, runBackup } from './back-up.js';
import { connectToBucket } from './connection.js';
import { dryRun } from './dry-run.js';
import { runEscrow } from './escrow-run.js';
import { withHooks } from './hooks.js';
import { withMetrics } from './run-metrics.js';

interface SyncFlags extends BackupFlags {
  /** How long to wait for another run to end. */
  readonly waitSeconds: number;
}

/**
 * @param named the config; `undefined` for the one in the default place
 * @returns the exit code: done, or done with files missing
 */
export async function sync(
  named: string | undefined,
  flags: SyncFlags,
  context: CommandContext,
): Promise<number> {
  const configFile = configFileOrDefault(named);
  if (flags.isDry)
    return withBackup(await readConfig(configFile, context.log), flags, context, undefined, dryRun);
  return withHooks(configFile, context, async (config) => {
    const run = (lock: number): Promise<RunResult> =>
      config.prefix === ESCROW_PREFIX
        ? runEscrow(config, context, lock)
        : withBackup(config, flags, context, lock, runBackup);
    return withMetrics(config, context.log, () =>
      failOnCrash(context.interruption, () => withLock(config.localLock, flags.waitSeconds, context, run)),
    );
  });
}

async function withBackup<T>(
  config: BackupConfig,
  flags: SyncFlags,
  context: CommandContext,
  lockDescriptor: number | undefined,
  work: (backup: Backup) => Promise<T>,
): Promise<T> {
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
