// Writes METRICS_FILE, whatever ends a run.
import { BackupError } from '../cli/errors.js';
import type { Log } from '../cli/log/log.js';
import { exitCodeOfError } from '../cli/main.js';
import type { BackupConfig } from '../config/backup-config.js';
import { writeMetrics } from '../health/prometheus.js';
import type { RunResult } from './back-up.js';

/** A failure to write the file changes neither the result nor the error of the run. */
export async function withMetrics(
  config: BackupConfig,
  log: Log,
  run: () => Promise<RunResult>,
): Promise<RunResult> {
  try {
    const result = await run();
    await noteAttempt(config, log, result.exitCode, result.facts);
    return result;
  } catch (error) {
    await noteAttempt(config, log, exitCodeOfError(error));
    throw error;
  }
}

async function noteAttempt(
  config: BackupConfig,
  log: Log,
  exitCode: number,
  lastRun?: RunResult['facts'],
): Promise<void> {
  const { bucket, prefix, metricsFile } = config;
  if (metricsFile === undefined) return;
  try {
    await writeMetrics(metricsFile, { bucket, prefix, lastRun, attempt: { exitCode, ended: Date.now() } });
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    log.warn(error.message);
  }
}
