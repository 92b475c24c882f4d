// A mass change: ransomware, or a faulty script, overwrites files in place. The bucket keeps the older versions for a
// while, so the run goes on, but with a warning. (losses.ts counts the files that are gone.)
import { BackupError, shellQuote } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import type { Backup } from '../backup.js';
import { CLOCKS_APART } from '../check/is-stored.js';
import type { DraftFiles } from '../scan/draft-writer.js';
import type { Start } from '../start.js';

/** So many files may always change. */
const ALWAYS_EXPECTED = 100;
const DAY = 24 * 60 * 60 * 1000;

/** @param known how many files the backup has that are on disk or gone */
export function isMassChange(changed: number, known: number, maxChangePercent: number): boolean {
  return changed > ALWAYS_EXPECTED && changed * 100 > maxChangePercent * known;
}

/**
 * Warns of a mass change, and says how to get the older versions.
 * @throws {BackupError} with exit code 4 if REFUSE_MASS_CHANGE='yes'
 */
export async function reportMassChange(
  backup: Backup,
  { lastRun }: Start,
  { overwritten, losses: { mayBeLost } }: DraftFiles,
): Promise<void> {
  const { header, log, versioning, maxChangePercent } = backup;
  if (!isMassChange(overwritten, mayBeLost, maxChangePercent)) return;
  const what = `${overwritten} of the ${mayBeLost} files in the backup have changed since the last run, more than MAX_CHANGE_PERCENT=${maxChangePercent}`;
  const time = timeBefore(Date.parse(header.started), Date.parse(lastRun?.ended ?? ''));
  const restore = `encrypted-s3 restore --config ${shellQuote(backup.configFile)} --at ${new Date(time).toISOString()} DEST`;
  if (backup.refuseMassChange) {
    throw new BackupError(`${what}: nothing is uploaded, since REFUSE_MASS_CHANGE is 'yes'.`, {
      exitCode: exitCode.refused,
      hint: `If the changes are meant, run the backup once with MAX_CHANGE_PERCENT=100 in the config. If not, restore the files: ${restore}`,
    });
  }
  const kept = await versioning.fetch();
  if (kept === 'never' || kept === 'suspended') {
    log.warn(`${what}. They are uploaded, and the bucket keeps no older versions.`);
    return;
  }
  const until = new Date(Date.now() + backup.retentionDays * DAY).toISOString().slice(0, 10);
  const versions =
    kept === 'enabled'
      ? `the bucket keeps the older versions until ${until} (AWS_RETENTION_DAYS)`
      : 'whether the bucket keeps the older versions is unknown';
  log.warn(`${what}. They are uploaded, and ${versions}.`);
  log.hint(`If the changes are not meant, restore the files as they were: ${restore}`);
}

/**
 * A time for --at between the last run's record and this run's uploads, by the server's clock, which may differ from
 * this machine's.
 * @param started when this run began (ms since the epoch)
 * @param lastEnded when the last run ended, just before it stored its record; NaN if there is none
 */
export function timeBefore(started: number, lastEnded: number): number {
  const tenth = (started - lastEnded) / 10;
  // S3 cuts times to whole seconds.
  return started - Math.max(1000, Math.min(CLOCKS_APART, tenth || 0));
}
