// Shows whether a backup is fresh, and what its last run did.
import { stdout } from 'node:process';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { printText } from '../cli/output/print.js';
import { type BackupStatus, fetchBackupStatus } from '../health/backup-status.js';
import { type Freshness, judgeFreshness, STATES, USUAL_MAX_AGE } from '../health/freshness.js';
import { writeMetrics } from '../health/prometheus.js';
import { describeStatus, pluginLine } from '../health/status-text.js';
import { openConfig } from './connection.js';

const FORMAT = { format: 'encrypted-s3-backup status', version: 1 };

interface StatusRequest {
  readonly configFile: string | undefined;
  /** Seconds: then the output and the exit code are those of a monitoring plugin. */
  readonly maxAge: number | undefined;
  readonly isJson: boolean;
  /** The file to write metrics to. */
  readonly metricsFile: string | undefined;
}

/** @returns the plugin's exit code with `maxAge`; otherwise 0, or 3 if the backup is not OK */
export function status(request: StatusRequest, context: CommandContext): Promise<number> {
  return asPlugin(request.maxAge, () => showStatus(request, context));
}

/** A plugin that fails prints UNKNOWN on standard output and exits with that code: monitoring shows nothing else. */
export async function asPlugin(maxAge: number | undefined, show: () => Promise<number>): Promise<number> {
  try {
    return await show();
  } catch (error) {
    if (maxAge === undefined || !(error instanceof BackupError)) throw error;
    stdout.write(`BACKUP UNKNOWN - ${printable(error.message)}\n`);
    return STATES.UNKNOWN;
  }
}

async function showStatus(request: StatusRequest, context: CommandContext): Promise<number> {
  const { maxAge, isJson, metricsFile } = request;
  const { remote } = await openConfig(request.configFile, context);
  const found = await fetchBackupStatus(remote);
  const now = Date.now();
  const freshness = judgeFreshness(found, maxAge ?? USUAL_MAX_AGE, now);
  if (metricsFile !== undefined) await writeMetrics(metricsFile, found);
  if (isJson) await printText(`${JSON.stringify(asJson(found, freshness))}\n`);
  else if (maxAge !== undefined) await printText(pluginLine(found, freshness, maxAge));
  else await printText(describeStatus(found, freshness, now));
  if (maxAge !== undefined) return STATES[freshness.state];
  return freshness.state === 'OK' ? exitCode.done : exitCode.incomplete;
}

function asJson(
  { lastRun, hasBucket: _, ...facts }: BackupStatus,
  { state, reason, age }: Freshness,
): object {
  const history = facts.historySince === undefined ? null : new Date(facts.historySince).toISOString();
  return {
    ...FORMAT,
    state,
    reason,
    ageSeconds: age ?? null,
    ...facts,
    historySince: history,
    lastRun: lastRun ?? null,
  };
}
