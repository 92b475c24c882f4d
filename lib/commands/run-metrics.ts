// METRICS_FILE, written however a run ends.
import { BackupError } from '../cli/errors.js';
import type { Log } from '../cli/log/log.js';
import { exitCodeOfError } from '../cli/main.js';
import type { BackupConfig } from '../config/backup-config.js';
import { type MetricsSource, writeMetrics } from '../health/prometheus.js';

/** What a run tells: the escrow's has no numbers. */
interface RunOutcome {
  readonly exitCode: number;
  readonly facts?: MetricsSource['lastRun'];
}

/** The backup is done, or has failed: a file for monitoring changes neither result nor error. */
export async function withMetrics<T extends RunOutcome>(
  { bucket, prefix, metricsFile }: BackupConfig,
  log: Log,
  run: () => Promise<T>,
): Promise<T> {
  const note = async (exitCode: number, lastRun?: MetricsSource['lastRun']) => {
    if (metricsFile === undefined) return;
    try {
      await writeMetrics(metricsFile, { bucket, prefix, lastRun, attempt: { exitCode, ended: Date.now() } });
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      log.warn(error.message);
    }
  };
  let outcome: T;
  try {
    outcome = await run();
  } catch (error) {
    await note(exitCodeOfError(error));
    throw error;
  }
  await note(outcome.exitCode, outcome.facts);
  return outcome;
}
