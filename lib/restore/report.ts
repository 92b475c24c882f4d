// The messages of a restore at its beginning and its end.
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { Log } from '../cli/log/log.js';
import type { Prompt } from '../cli/prompt.js';
import { formatBytes, formatCount } from '../cli/units/quantities.js';
import { formatTime } from '../cli/units/times.js';
import type { Stage } from './destination/stage.js';
import type { PlanTotals } from './plan/plan.js';
import type { Restored } from './put-in-place.js';
import type { RestoreScope } from './scope.js';
import type { RestoreSurvey } from './survey.js';

export function announce(
  { aws, prefix, time, log }: RestoreScope,
  { tree, backupsBelow, totals }: RestoreSurvey,
  prompt: Prompt,
): void {
  const run = tree === undefined ? '' : ` from the run of ${formatTime(tree.stored)}`;
  const amount = `${formatCount(totals.files, 'file')}, ${formatBytes(totals.download)} to download`;
  prompt.say(`Restoring s3://${aws.bucket}/${prefix}${run}: ${amount}...\n`);
  const faster = fasterWay(totals, time);
  if (faster !== undefined) prompt.say(`${faster}\n`);
  if (tree !== undefined) return;
  const urls = backupsBelow.map((it) => `s3://${aws.bucket}/${it}`).join(', ');
  log.warn(
    `There is no tree file for these files: they are restored without modes, times and owners, and without links and empty folders.${urls && ` Backups below have their own: to use them, restore each by its URL: ${urls}`}`,
  );
}

/** From how many older versions on it is faster to make them current again in the bucket first. */
const MANY = 100;

/** Suggests a faster way: each older version takes a call of the AWS CLI, while current ones come in bulk. */
function fasterWay({ since }: PlanTotals, time: number | undefined): string | undefined {
  const { overwritten, deleted, added } = since;
  const older = overwritten + deleted;
  if (time === undefined || older <= MANY) return undefined;
  const at = `'${formatTime(time)}'`;
  const [what, command] =
    overwritten + added === 0
      ? ['were only deleted since', `encrypted-s3-undelete --since ${at}`]
      : ['have changed since', `encrypted-s3 rollback --at ${at}`];
  return `${formatCount(older, 'file')} ${what}, and each takes its own call. With an administrator's profile, "${command}" makes them current in the bucket; then a restore without --at fetches them in bulk.`;
}

export function warnOfOtherStages(stage: Stage, log: Log): void {
  for (const other of stage.others()) {
    log.warn(
      `"${other}" belongs to another restore, interrupted or still running. Remove it unless that restore is to continue.`,
    );
  }
}

/** @param missing how many entries could not be restored as the tree has them @returns the exit code */
export function report(
  { tree, totals }: RestoreSurvey,
  { files, folders, links, extras, newer }: Restored,
  missing: number,
  { log, prompt }: { readonly log: Log; readonly prompt: Prompt },
): number {
  if (files === 0 && totals.files > 0) throw new BackupError('None of the files could be restored.');
  if (tree !== undefined && extras > 0) {
    log.warn(
      `The bucket has ${formatCount(extras, 'file')} that the tree of that run lacks: restored without modes, times and owners; new ones are readable by you only.`,
    );
  }
  if (newer > 0) {
    log.warn(
      `The bucket has ${formatCount(newer, 'file')} newer than the tree of that run, perhaps because of an interrupted run: restored with the modes, times and owners of that run, or as the links of that run. Syslog names them.`,
    );
  }
  const { keptInBucket } = totals.preview;
  if (keptInBucket > 0) {
    const are = keptInBucket === 1 ? 'that was' : 'that were';
    log.warn(
      `Left out ${formatCount(keptInBucket, 'file')} ${are} gone from disk, or excluded, and that the bucket keeps: --with-kept restores them.`,
    );
  }
  const parts = [formatCount(files, 'file'), formatCount(folders, 'folder'), formatCount(links, 'link')];
  prompt.say(`Restored ${parts.join(', ')}.\n`);
  return missing > 0 ? exitCode.incomplete : exitCode.done;
}
