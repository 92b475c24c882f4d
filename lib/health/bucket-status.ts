// Every backup in a bucket: its age and, with the encryption key, its record.
import type { AwsCli } from '../aws/aws-cli.js';
import type { Remote } from '../aws/remote.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { Log } from '../cli/log/log.js';
import { type Column, sizeText, timeText } from '../cli/output/table.js';
import { formatDuration } from '../cli/units/quantities.js';
import { type BackupInBucket, listBackups } from '../records/backups-in-bucket.js';
import { fetchLastRun, type LastRun } from '../records/last-run.js';
import { ageOf } from './freshness.js';

export interface BucketRow extends BackupInBucket {
  /** Seconds since the last complete run or, without the record, since the last run stored its record. */
  readonly age: number | undefined;
  readonly record: LastRun | undefined;
  /** Whether this backup has another key than the given one. */
  readonly hasOtherKey: boolean;
}

/**
 * @param hasKey whether `aws` has an encryption key: without one, no record is read
 * @param now ms since the epoch
 * @throws {AwsError} if the bucket can't be read
 */
export async function fetchBucketStatus(
  aws: AwsCli,
  hasKey: boolean,
  now: number,
  log: Log,
): Promise<BucketRow[]> {
  const rows: BucketRow[] = [];
  for (const backup of await listBackups(aws)) {
    const record = hasKey ? await fetchRecord({ aws, prefix: backup.prefix, log }) : undefined;
    const hasOtherKey = record === 'other key';
    const known = hasOtherKey ? undefined : record;
    const age = known === undefined ? (now - Date.parse(backup.lastRun)) / 1000 : ageOf(known, now);
    rows.push({ ...backup, age, record: known, hasOtherKey });
  }
  return rows;
}

async function fetchRecord(remote: Remote): Promise<LastRun | undefined | 'other key'> {
  try {
    return await fetchLastRun(remote);
  } catch (error) {
    if (error instanceof BackupError && error.exitCode === exitCode.wrongKey) return 'other key';
    throw error;
  }
}

/** The columns of a table of backups. @param hasKey whether a key was given */
export function bucketColumns(hasKey: boolean): Column<BucketRow>[] {
  const ofRecord = (name: string, cell: Column<LastRun>['cell']): Column<BucketRow> => ({
    name,
    cell: ({ record }, style) => (record === undefined ? '' : cell(record, style)),
  });
  return [
    { name: 'PREFIX', cell: ({ prefix }) => prefix || '(none)' },
    { name: 'LAST RUN', cell: ({ lastRun }, style) => timeText(Date.parse(lastRun), style) },
    {
      name: 'AGE',
      cell: ({ age }, { isForPeople }) => {
        if (age === undefined) return 'unknown';
        return isForPeople ? `${formatDuration(age)} ago` : `${Math.round(age)}`;
      },
    },
    ...(hasKey
      ? [
          ofRecord('HOST', ({ host }) => host),
          { ...ofRecord('FILES', ({ totals }) => `${totals.files}`), isRight: true },
          { ...ofRecord('SIZE', ({ totals }, style) => sizeText(totals.bytes, style)), isRight: true },
          {
            name: 'NOT BACKED UP',
            cell: ({ record, hasOtherKey }: BucketRow) =>
              hasOtherKey ? 'another encryption key' : `${record?.notBackedUp ?? ''}`,
          },
        ]
      : []),
  ];
}

/** One line for a monitoring plugin. @param maxAge seconds */
export function bucketPluginLine(
  bucket: string,
  rows: readonly BucketRow[],
  maxAge: number,
): { readonly state: 'OK' | 'CRITICAL'; readonly text: string } {
  const stale = rows.filter(({ age }) => age === undefined || age > maxAge);
  const state = rows.length > 0 && stale.length === 0 ? 'OK' : 'CRITICAL';
  const names = stale.map(({ prefix }) => prefix || '(none)').join(', ');
  const reason =
    rows.length === 0
      ? 'no backup is on record'
      : stale.length === 0
        ? `${rows.length} of ${rows.length} backups are fresh`
        : `${stale.length} of ${rows.length} backups are older than ${formatDuration(maxAge)}: ${names}`;
  const data = rows
    .filter(({ age }) => age !== undefined)
    .map(({ prefix, age = 0 }) => `'age_${prefix.replaceAll(/['=|]/g, '_')}'=${Math.round(age)}s;;${maxAge}`);
  const text = `BACKUP ${state} - ${reason} (s3://${bucket})`.replaceAll('|', ' ');
  return { state, text: data.length === 0 ? text : `${text} | ${data.join(' ')}` };
}
