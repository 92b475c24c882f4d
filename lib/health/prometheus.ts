// A backup's status for Prometheus: a file for the node exporter's textfile collector.
import { closeSync, readFileSync } from 'node:fs';
import { BackupError, describeError, errnoOf } from '../cli/errors.js';
import type { LastRun } from '../records/last-run.js';
import { type OpenPlace, openPlace, pathIn } from '../tree/disk/trust/trusted-place.js';
import { replaceFile } from '../tree/disk/trust/write-file.js';
import type { BackupStatus } from './backup-status.js';
import { lastCompleteOf } from './freshness.js';

const PREFIX = 'encrypted_s3_backup_';

/** The facts for the metrics. A run does not always know whether there is an escrow. */
interface MetricsSource extends Pick<BackupStatus, 'bucket' | 'prefix'> {
  /** The last run that stored its record. */
  readonly lastRun?: Omit<LastRun, 'treeSha256'> | undefined;
  readonly hasEscrow?: boolean;
  /** The last run, successful or not; in ms since the epoch. */
  readonly attempt?: { readonly exitCode: number; readonly ended: number };
}

/** The text exposition format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
function metricsText({ bucket, prefix, lastRun, hasEscrow, attempt }: MetricsSource): string {
  const labels = `{bucket=${JSON.stringify(bucket)},prefix=${JSON.stringify(prefix)}}`;
  const seconds = (time: string | undefined) => Date.parse(time ?? '') / 1000;
  const metrics: [name: string, help: string, value: number | undefined][] = [
    ['last_run_timestamp_seconds', 'When the last run ended.', seconds(lastRun?.ended)],
    [
      'last_complete_run_timestamp_seconds',
      'When the last run ended that left nothing undone.',
      seconds(lastRun && lastCompleteOf(lastRun)),
    ],
    ['last_full_check_timestamp_seconds', 'When the last full check ended.', seconds(lastRun?.lastFullCheck)],
    [
      'last_run_duration_seconds',
      'How long the last run took.',
      seconds(lastRun?.ended) - seconds(lastRun?.started),
    ],
    ['files', 'Files in the backup.', lastRun?.totals.files],
    ['bytes', 'Bytes in the backup.', lastRun?.totals.bytes],
    ['last_run_sent_files', 'Files that the last run sent.', lastRun?.sent],
    ['last_run_sent_bytes', 'Bytes that the last run sent.', lastRun?.sentBytes],
    ['last_run_deleted_files', 'Objects that the last run deleted.', lastRun?.deleted],
    ['not_backed_up_files', 'Files on disk that are not in the backup as they are.', lastRun?.notBackedUp],
    [
      'escrow',
      'Whether an encryption key is in the bucket.',
      hasEscrow === undefined ? undefined : Number(hasEscrow),
    ],
    ['last_attempt_exit_code', 'How the last run ended: 0 is well, 3 incomplete.', attempt?.exitCode],
    [
      'last_attempt_timestamp_seconds',
      'When the last run ended, well or not.',
      attempt && attempt.ended / 1000,
    ],
  ];
  return metrics
    .filter(([, , value]) => value !== undefined && !Number.isNaN(value))
    .map(([name, help, value]) => {
      const metric = PREFIX + name;
      return `# HELP ${metric} ${help}\n# TYPE ${metric} gauge\n${metric}${labels} ${value}\n`;
    })
    .join('');
}

/** A metric with its description, as `metricsText` writes it; its name and its labels. */
const METRIC = /^# HELP (\S+) .*\n# TYPE .*\n\1(\{.*\}) .*\n/gm;

/**
 * Writes the metrics. Unknown ones keep their older values, since a failed run knows only that it failed. The collector
 * never reads half a file.
 * @throws {BackupError} if it can't be written, or its path has a link that somebody else may have made
 */
export async function writeMetrics(file: string, status: MetricsSource): Promise<void> {
  let place: OpenPlace | undefined;
  try {
    place = openPlace(file);
    if (place.found?.isFile() === false) throw notWritten(file, 'it is not a regular file');
    const text = withOlder(metricsText(status), textIn(place));
    await replaceFile(place, (append) => append(text));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw notWritten(file, describeError(error));
  } finally {
    if (place !== undefined) closeSync(place.folder);
  }
}

/** Adds the older metrics that `text` lacks. @param older the present text of the file */
function withOlder(text: string, older: string): string {
  const fresh = [...text.matchAll(METRIC)];
  const names = new Set(fresh.map(([, name]) => name));
  const labels = fresh[0]?.[2];
  const kept = [...older.matchAll(METRIC)].filter(([, name, its]) => its === labels && !names.has(name));
  return text + kept.map(([metric]) => metric).join('');
}

function textIn({ folder, name, found }: OpenPlace): string {
  return found === undefined ? '' : readFileSync(pathIn(folder, name), 'utf8');
}

function notWritten(file: string, why: string): BackupError {
  return new BackupError(`Can't write the metrics file "${file}": ${why}.`, {
    hint: 'Give a file in a folder that exists and that this user may write to.',
  });
}
