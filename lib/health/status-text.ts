// A backup's status as text: lines for a person, one line with performance data for a monitoring plugin.
import { printable } from '../cli/log/log.js';
import { formatBytes, formatCount, formatDuration } from '../cli/units/quantities.js';
import { formatTime } from '../cli/units/times.js';
import type { EscrowState } from '../records/escrow-state.js';
import type { LastRun } from '../records/last-run.js';
import type { BackupStatus } from './backup-status.js';
import type { Freshness } from './freshness.js';

/** @param now ms since the epoch */
export function describeStatus(status: BackupStatus, freshness: Freshness, now: number): string {
  const { bucket, prefix, lastRun, escrow, historySince } = status;
  const url = `s3://${bucket}/${prefix}`;
  if (lastRun === undefined) return `${url}: ${freshness.reason}.\n`;
  const since = (time: string | number | undefined) => {
    const at = typeof time === 'number' ? time : Date.parse(time ?? '');
    return Number.isNaN(at) ? 'unknown' : `${formatTime(at)}, ${formatDuration((now - at) / 1000)} ago`;
  };
  const took = formatDuration((Date.parse(lastRun.ended) - Date.parse(lastRun.started)) / 1000);
  const rows: [string, string][] = [
    ['Last run', `${since(lastRun.ended)}, took ${took}`],
    ...(lastRun.isIncomplete === false
      ? []
      : ([['Last complete run', since(lastRun.lastComplete)]] as [string, string][])),
    ['In the backup', `${formatCount(lastRun.totals.files, 'file')}, ${formatBytes(lastRun.totals.bytes)}`],
    ['Last run sent', sentText(lastRun)],
    ['Last run deleted', formatCount(lastRun.deleted, 'file')],
    ['Not backed up', formatCount(lastRun.notBackedUp, 'file')],
    ['Last full check', since(lastRun.lastFullCheck)],
    ['Last file read back', verified(lastRun, since)],
    ['Escrow', describeEscrow(escrow, since)],
    ['History since', historySince === undefined ? 'unknown' : since(historySince)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, value]) => `  ${`${name}:`.padEnd(width)}${value}`);
  const title = `"${lastRun.localDir}" of host "${lastRun.host}" in ${url}: ${freshness.state}, ${freshness.reason}`;
  return `${[title, ...lines].map(printable).join('\n')}\n`;
}

function describeEscrow(escrow: EscrowState | undefined, since: (time: string) => string): string {
  if (escrow === undefined) return 'none: run encrypted-s3-upload-key';
  const stored = `stored ${since(escrow.stored)}`;
  if (escrow.is === 'of this key') return `holds this encryption key, ${stored}`;
  return escrow.is === 'of another key'
    ? `holds another encryption key, ${stored}`
    : `holds an encryption key, ${stored}; encrypted-s3-upload-key finds out which`;
}

/** Older records lack the bytes. */
function sentText({ sent = 0, sentBytes }: LastRun): string {
  return formatCount(sent, 'file') + (sentBytes === undefined ? '' : `, ${formatBytes(sentBytes)}`);
}

function verified({ lastVerified }: LastRun, since: (time: string) => string): string {
  return lastVerified === undefined ? 'unknown' : `${since(lastVerified.at)}: ${lastVerified.path}`;
}

/** https://nagios-plugins.org/doc/guidelines.html: `STATE - text | label=value;warn;crit`. @param maxAge seconds */
export function pluginLine(status: BackupStatus, freshness: Freshness, maxAge: number): string {
  const { state, reason, age } = freshness;
  const { lastRun } = status;
  const data = [
    ...(age === undefined ? [] : [`age=${Math.round(age)}s;;${maxAge}`]),
    ...(lastRun === undefined
      ? []
      : [
          `files=${lastRun.totals.files}`,
          `bytes=${lastRun.totals.bytes}B`,
          `sent=${lastRun.sent ?? 0}`,
          `sent_bytes=${lastRun.sentBytes ?? 0}B`,
          `deleted=${lastRun.deleted}`,
          `not_backed_up=${lastRun.notBackedUp}`,
        ]),
  ];
  const text = printable(`BACKUP ${state} - ${reason} (s3://${status.bucket}/${status.prefix})`).replaceAll(
    '|',
    ' ',
  );
  return `${text}${data.length === 0 ? '' : ` | ${data.join(' ')}`}\n`;
}
