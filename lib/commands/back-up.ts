// A backup run, step by step, once the lock is ours.
import type { BackupConfig } from '../config/read-config.js';
import { exitCode } from '../exit-codes.js';
import { load } from '../load.js';
import type { CommandContext } from '../main.js';
import { acquireLockFolder } from '../records/lock-folder.js';
import { explainNotes } from '../records/state-folder.js';
import { sideBySide } from '../side-by-side.js';
import { openRun, type SyncOptions } from './open-run.js';
import { survey } from './survey.js';

/** @returns the exit code: done, or done with files missing */
export async function backUp(
  config: BackupConfig,
  options: SyncOptions,
  context: CommandContext,
): Promise<number> {
  const { log, interruption } = context;
  const run = await openRun(config, options, context);
  let release = async () => {};
  try {
    release = await acquireLockFolder(config.localLock, interruption, (message) => log.info(message));
    log.info(`Starting with config "${config.file}"...`);
    // Loaded while the AWS CLI works.
    const [found, steps] = await sideBySide(
      survey(run),
      load<typeof import('./steps.js')>('./commands/steps.js'),
    );
    await steps.provideBucket(run, found, config);
    const { allowUnversionedDelete } = config;
    const findings = await steps.upload(run, found, allowUnversionedDelete);
    const deleted = await steps.deleteProven(run, findings, allowUnversionedDelete);
    await steps.nameShortfalls(run, findings);
    steps.tell(run, found, findings);
    const [, , isEscrowed] = await sideBySide(
      steps.record(run, findings, deleted),
      steps.writeList(run, config.localList),
      steps.isEscrowed(run, found),
    );
    if (!isEscrowed) log.warn('You have not backed up your encryption key, yet.');
    log.info('All done.');
    return run.shortfalls.count === 0 ? exitCode.done : exitCode.incomplete;
  } catch (error) {
    throw explainNotes(error, run.state);
  } finally {
    run.state.remove();
    await release();
  }
}
