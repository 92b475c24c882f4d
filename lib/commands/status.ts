// Whether a backup is fresh, and what its last run did; or, of a bucket, each backup in it.
import { stderr, stdout } from 'node:process';
import type { AwsCli } from '../aws/aws-cli.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { OutputClosedError, printTexts } from '../cli/print.js';
import { Prompt } from '../cli/prompt.js';
import { formatDuration } from '../cli/units/duration.js';
import { formatBytes, formatCount } from '../cli/units/quantities.js';
import { formatTime } from '../cli/units/times.js';
import { type BackupStatus, fetchBackupStatus } from '../health/backup-status.js';
import { type Freshness, judgeFreshness, STATES } from '../health/freshness.js';
import { writeMetrics } from '../health/prometheus.js';
import { describeStatus, pluginLine } from '../health/status-text.js';
import { type BackupInBucket, listBackups } from '../records/backups-in-bucket.js';
import { fetchEscrowedKey } from '../records/escrow.js';
import { fetchLastRun, type LastRun } from '../records/last-run.js';
import { keyOfEasyKey } from '../secrets/encryption-key.js';
import { connectToBucket } from './connection.js';
import { openConfig } from './open-config.js';

const FORMAT = { format: 'encrypted-s3-backup status', version: 1 };

export interface StatusRequest {
  readonly config: string | undefined;
  /** Seconds: then the output and the exit code are those of a monitoring plugin. */
  readonly maxAge: number | undefined;
  readonly isJson: boolean;
  /** The file to write metrics to. */
  readonly metricsFile: string | undefined;
}

/** @returns the plugin's exit code with `maxAge`; otherwise 0, or 3 if the last run left something undone */
export function status(request: StatusRequest, context: CommandContext): Promise<number> {
  return asPlugin(request.maxAge, () => showStatus(request, context));
}

/** A plugin that fails says UNKNOWN on standard output, and ends with that: monitoring shows nothing else. */
async function asPlugin(maxAge: number | undefined, show: () => Promise<number>): Promise<number> {
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
  const { remote } = await openConfig(request.config, context);
  const found = await fetchBackupStatus(remote);
  const now = Date.now();
  const freshness = judgeFreshness(found, maxAge, now);
  if (metricsFile !== undefined) writeMetrics(metricsFile, found);
  if (isJson) await print(`${JSON.stringify(asJson(found, freshness))}\n`);
  else if (maxAge !== undefined) await print(pluginLine(found, freshness, maxAge));
  else await print(describeStatus(found, freshness, now));
  if (maxAge !== undefined) return STATES[freshness.state];
  return freshness.state === 'OK' ? exitCode.done : exitCode.incomplete;
}

function asJson({ lastRun, ...facts }: BackupStatus, { state, reason, age }: Freshness): object {
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

export interface BucketStatusRequest {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  /** Whether to ask for the easy-to-remember key, and to show what only the records tell. */
  readonly usesEscrow: boolean;
  readonly maxAge: number | undefined;
  readonly isJson: boolean;
}

interface Row extends BackupInBucket {
  /** With the escrow's key: the record, or why it can't be read. */
  readonly record?: LastRun | 'another encryption key';
}

/** A row for each backup in the bucket. @returns with `maxAge` 2 if one is older, or none is there; otherwise 0 */
export function bucketStatus(request: BucketStatusRequest, context: CommandContext): Promise<number> {
  return asPlugin(request.maxAge, () => showBucket(request, context));
}

async function showBucket(request: BucketStatusRequest, context: CommandContext): Promise<number> {
  const { maxAge, isJson, usesEscrow } = request;
  const aws = connectToBucket(request, context);
  const backups = await listBackups(aws);
  const rows: readonly Row[] = usesEscrow ? await withRecords(aws, backups, context) : backups;
  const now = Date.now();
  if (isJson) await print(`${JSON.stringify({ ...FORMAT, bucket: aws.bucket, backups: rows })}\n`);
  else await print(tableOf(rows, now));
  if (rows.length === 0) context.log.warn(`The bucket "${aws.bucket}" has no record of a backup.`);
  if (maxAge === undefined) return exitCode.done;
  const isFresh = ({ lastRun }: Row) => (now - Date.parse(lastRun)) / 1000 <= maxAge;
  return rows.length > 0 && rows.every(isFresh) ? STATES.OK : STATES.CRITICAL;
}

async function withRecords(
  aws: AwsCli,
  backups: readonly BackupInBucket[],
  { interruption, log }: CommandContext,
): Promise<Row[]> {
  const prompt = new Prompt(stderr, interruption);
  const easyKey = await prompt.askHidden('Enter your master encryption key: ');
  const encryptionKey = await fetchEscrowedKey(aws, keyOfEasyKey(easyKey));
  const rows: Row[] = [];
  for (const backup of backups) {
    try {
      const record = await fetchLastRun({ aws, encryptionKey, prefix: backup.prefix, log });
      rows.push(record === undefined ? backup : { ...backup, record });
    } catch (error) {
      if (!(error instanceof BackupError) || error.exitCode !== exitCode.wrongKey) throw error;
      rows.push({ ...backup, record: 'another encryption key' });
    }
  }
  return rows;
}

function tableOf(rows: readonly Row[], now: number): string {
  if (rows.length === 0) return '';
  const cells = rows.map(({ prefix, lastRun, record }) => [
    prefix === '' ? '(none)' : prefix,
    formatTime(Date.parse(lastRun)),
    `${formatDuration((now - Date.parse(lastRun)) / 1000)} ago`,
    ...(record === undefined ? [] : recordCells(record)),
  ]);
  const header = [
    'PREFIX',
    'LAST RUN',
    'AGE',
    ...(rows.some(({ record }) => record) ? ['HOST', 'FILES', 'SIZE', 'NOT BACKED UP'] : []),
  ];
  if (!stdout.isTTY) return cells.map((row) => `${row.map(printable).join('\t')}\n`).join('');
  const widths = header.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => printable(cell).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[header, ...cells].map(line).join('\n')}\n`;
}

function recordCells(record: LastRun | 'another encryption key'): string[] {
  if (record === 'another encryption key') return [record];
  const { host, totals, notBackedUp } = record;
  return [host, formatCount(totals.files, 'file'), formatBytes(totals.bytes), `${notBackedUp}`];
}

async function print(text: string): Promise<void> {
  try {
    await printTexts(
      (async function* () {
        yield text;
      })(),
    );
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
}
