// A mass change: ransomware, or a wrong script, overwrites files in place. The bucket's versions keep what was, for a
// while; so the run goes on, but never in silence. (Files that are gone are counted in losses.ts.)
import { BackupError, shellQuote } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import type { Backup } from '../backup.js';
import type { DraftFiles } from '../scan/draft-writer.js';

/** So few files may always change. */
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
  { overwritten, losses: { mayBeLost } }: DraftFiles,
): Promise<void> {
  const { config, log, versioning } = backup;
  const { maxChangePercent } = config;
  if (!isMassChange(overwritten, mayBeLost, maxChangePercent)) return;
  const what = `${overwritten} of the ${mayBeLost} files in the backup have changed since the last run, more than MAX_CHANGE_PERCENT=${maxChangePercent}`;
  const restore = restoreCommand(backup);
  if (config.refuseMassChange) {
    throw new BackupError(`${what}: nothing is uploaded, since REFUSE_MASS_CHANGE is 'yes'.`, {
      exitCode: exitCode.refused,
      hint: `If the changes are meant, run the backup once with MAX_CHANGE_PERCENT=100 in the config. If not, restore the files: ${restore}`,
    });
  }
  const kept = await versioning.fetch();
  if (kept !== 'enabled') {
    log.warn(`${what}. They are uploaded, and the bucket keeps no older versions.`);
    return;
  }
  const until = new Date(Date.now() + config.retentionDays * DAY).toISOString().slice(0, 10);
  log.warn(
    `${what}. They are uploaded, and the bucket keeps the older versions until ${until} (AWS_RETENTION_DAYS).`,
  );
  log.hint(`If the changes are not meant, restore the files as they were: ${restore}`);
}

/** The command that restores the files as they were before this run. S3 cuts the times of objects to whole seconds. */
function restoreCommand({ config, header }: Backup): string {
  const time = new Date(Date.parse(header.started) - 1000).toISOString();
  return `encrypted-s3-download-dir --config ${shellQuote(config.file)} --at ${time} . DEST`;
}
